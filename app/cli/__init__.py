"""The administration console: `flask …`, one file a noun."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register every command."""
    from app.cli import audit, demo, doctor, install, licences, mails, worker

    for noun in (install, worker, doctor, audit, mails, licences, demo):
        noun.init_app(app)
