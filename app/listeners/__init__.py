"""Listeners: reactions to committed events."""

from flask import Flask

from app.listeners import broadcasts


def init_app(app: Flask) -> None:
    """Register the listeners."""
    broadcasts.init_app(app)
