"""`flask mails …`: the outgoing mail."""

import click
from flask import Flask
from flask.cli import with_appcontext

from app.errors import NotFound, Refusal
from app.i18n import in_language
from app.identity import SYSTEM
from app.integrations import delivery_status
from app.models import MailFailure
from app.operations.mails import note_bounce, send_test_mail
from app.rules import bounces

BOUNCE_BYTES_MAX = 1024 * 1024
"""Bytes of a returned mail that are read: the report stands first, behind it the mail as it was."""

EX_DATAERR = 65
"""Exit code for what is no bounce of a mail of ours: EX_DATAERR of sysexits.h, which Postfix's pipe knows."""

RECIPIENT_CODES = ("5.1.", "5.2.1")
"""Status codes about the recipient's address or mailbox (RFC 3463 §3.2, §3.3); others refuse the mail."""


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(mail)


@click.group()
def mail() -> None:
    """Look after outgoing mail."""


@mail.command("test")
@click.argument("address")
@click.option("--language", default="en", help="fr or en")
@with_appcontext
def test_mail(address: str, language: str) -> None:
    """Have the worker send a test mail to ADDRESS."""
    try:
        with in_language("en"):
            send_test_mail(SYSTEM, address, language)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"The worker will send a test mail to {address}.")


@mail.command("bounce")
@with_appcontext
def record_bounce() -> None:
    """Take a mail that came back from standard input: whoever waits for it is shown that it was not delivered."""
    report = delivery_status.parse_delivery_status(click.get_binary_stream("stdin").read(BOUNCE_BYTES_MAX))
    known = (bounces.mail_of(address) for address in report.returned_to) if report else ()
    mail_id = next((one for one in known if one is not None), None)
    if mail_id is None:
        raise _refused("This is no bounce of a mail of this server.")
    if not report.is_final:
        click.echo("It is still being tried: nothing is noted.")
        return
    is_address = report.status.startswith(RECIPIENT_CODES)
    try:
        note_bounce(mail_id, MailFailure.RECIPIENT if is_address else MailFailure.REFUSED, report.answer)
    except NotFound as refusal:
        raise _refused("This mail is no longer kept.") from refusal
    click.echo("Noted.")


def _refused(text: str) -> click.ClickException:
    refused = click.ClickException(text)
    refused.exit_code = EX_DATAERR
    return refused
