"""`flask doctor`: readiness checks of this server."""

import click
from flask import Flask
from flask.cli import with_appcontext

from app.i18n import in_language
from app.rules.server import readiness
from app.rules.server.readiness import State

SIGNS = {State.OK: "ok     ", State.WARNING: "warning", State.FAILURE: "FAILURE"}


def init_app(app: Flask) -> None:
    """Register the command."""
    app.cli.add_command(doctor)


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Print every readiness check. Exit code 1: a check fails."""
    with in_language("en"):
        checks = readiness.checks()
        for check in checks:
            click.echo(f"{SIGNS[check.state]}  {check.name:<10}  {check.sentence}")
    if readiness.worst(checks) is State.FAILURE:
        raise click.exceptions.Exit(1)
