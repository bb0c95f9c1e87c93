"""`flask services …`: what the Dashboard starts and stops, from the console of the machine."""

import click
from flask import Flask
from flask.cli import with_appcontext

from app.errors import Refusal
from app.i18n import in_language
from app.identity import SYSTEM
from app.models import ServiceName
from app.operations import services as verbs
from app.queries import services as questions
from app.queries.services import ServiceView

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
    """Say of every service whether it runs, since when, and what it waits for."""
    for section in questions.overview().values():
        for view in section:
            click.echo(f"{view.name.value:<10}  {_state(view):<8}  since {view.since_at:%Y-%m-%d %H:%M} UTC")


@services.command("start")
@NAME
@with_appcontext
def start(name: str) -> None:
    """Start the service NAME."""
    _do(verbs.start_service, name)


@services.command("stop")
@NAME
@with_appcontext
def stop(name: str) -> None:
    """Stop the service NAME for everybody on this server. Nothing that is stored is lost."""
    _do(verbs.stop_service, name)


@services.command("restart")
@NAME
@with_appcontext
def restart(name: str) -> None:
    """Stop and start the service NAME: everybody comes back by themselves."""
    _do(verbs.restart_service, name)


def _do(act, name: str) -> None:
    """Act, and say what came of it: TeamChat stops with what it needs, which is easily overlooked."""
    try:
        with in_language("en"):
            act(SYSTEM, ServiceName(name))
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    for affected in dict.fromkeys((ServiceName(name), ServiceName.TEAMCHAT)):
        click.echo(f"{affected.value}: {_state(questions.of(affected))}")


def _state(view: ServiceView) -> str:
    if view.is_running and view.stopped_needs:
        return f"waits for {', '.join(need.value for need in view.stopped_needs)}"
    return "running" if view.is_effective else "stopped"
