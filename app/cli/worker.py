"""`flask worker`: the worker process."""

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.jobs.worker import start


def init_app(app: Flask) -> None:
    """Register the command."""
    app.cli.add_command(worker)


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Send mails, run jobs and seal the audit log until stopped."""
    start(current_app._get_current_object())  # type: ignore[attr-defined]  # a method of the proxy
