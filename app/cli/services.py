"""`flask services …`: the services of the dashboard."""

from collections.abc import Callable

import click
from flask import Flask
from flask.cli import with_appcontext

from app.errors import Refusal
from app.i18n import in_language
from app.identity import SYSTEM
from app.models import ServiceName
from app.operations.services import restart_service, start_service, stop_service
from app.queries.services import ServiceView, of, overview

NAME = click.argument("name", type=click.Choice([name.value for name in ServiceName]))


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(services)


@click.group()
def services() -> None:
    """Show, start and stop the services of this server."""


@services.command("list")
@with_appcontext
def list_services() -> None:
    """Print the state of every service."""
    for section in overview().values():
        for view in section:
            click.echo(f"{view.name.value:<10}  {_state(view):<8}  since {view.since_at:%Y-%m-%d %H:%M} UTC")


@services.command("start")
@NAME
@with_appcontext
def start(name: str) -> None:
    """Start the service NAME."""
    _apply(start_service, name)


@services.command("stop")
@NAME
@with_appcontext
def stop(name: str) -> None:
    """Stop the service NAME for all users of this server. No data is lost."""
    _apply(stop_service, name)


@services.command("restart")
@NAME
@with_appcontext
def restart(name: str) -> None:
    """Stop and start the service NAME. Clients reconnect by themselves."""
    _apply(restart_service, name)


def _apply(change: Callable, name: str) -> None:
    """Change a service, then print its state and TeamChat's, which stops with the services it needs."""
    try:
        with in_language("en"):
            change(SYSTEM, ServiceName(name))
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    for affected in dict.fromkeys((ServiceName(name), ServiceName.TEAMCHAT)):
        click.echo(f"{affected.value}: {_state(of(affected))}")


def _state(view: ServiceView) -> str:
    if view.is_running and view.stopped_needs:
        return f"waits for {', '.join(need.value for need in view.stopped_needs)}"
    return "running" if view.is_effective else "stopped"
