"""The administration console: `flask …`, one file a noun."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register every command."""
    from app.cli import audit, demo, doctor, install, licences, mails, services, worker

    for noun in (install, worker, doctor, audit, services, mails, licences, demo):
        noun.init_app(app)
