"""The administration console: `flask …`, one file a noun."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register every command."""
    from app.cli import audit, demo, doctor, install, licenses, mail, services, worker

    for noun in (install, worker, doctor, audit, services, mail, licenses, demo):
        noun.init_app(app)
