"""`flask mails …`: the outgoing mail."""

import click
from flask import Flask
from flask.cli import with_appcontext

from app.errors import Refusal
from app.i18n import speaking
from app.identity import SYSTEM
from app.operations.mails import send_test_mail


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(mails)


@click.group()
def mails() -> None:
    """Look after outgoing mail."""


@mails.command("test")
@click.argument("address")
@click.option("--language", default="en", help="fr or en")
@with_appcontext
def test_mail(address: str, language: str) -> None:
    """Have the worker send a test mail to ADDRESS."""
    try:
        with speaking("en"):
            send_test_mail(SYSTEM, address, language)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"The worker will send a test mail to {address}.")
