"""`flask install-link`: a link to the first installation."""

import click
from flask import Flask
from flask.cli import with_appcontext

from app.errors import Refusal
from app.i18n import in_language
from app.identity import SYSTEM
from app.operations.server.installation import make_setup_link
from app.rules.server import settings


def init_app(app: Flask) -> None:
    """Register the command."""
    app.cli.add_command(install_link)


@click.command("install-link")
@with_appcontext
@click.option("--if-needed", is_flag=True, help="Print nothing if the server is already installed.")
def install_link(if_needed: bool) -> None:
    """Print a new one-time link to the first installation, valid for a day."""
    if if_needed and settings.is_installed():
        return
    try:
        with in_language("en"):
            token = make_setup_link(SYSTEM)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{settings.public_url()}/setup/{token}")
