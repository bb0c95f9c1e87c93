"""`flask mail …`: outgoing mail."""

import sys

import click
from flask import Flask
from flask.cli import with_appcontext

from app.errors import NotFound, Refusal
from app.i18n import in_language
from app.identity import SYSTEM
from app.integrations.delivery_status import parse_delivery_status
from app.models import MailFailure
from app.operations.mail import note_bounce, send_test_mail
from app.rules import mail as mail_rules

# Bytes of a returned mail that are read: the report comes first, the original mail after it.
BOUNCE_BYTES_MAX = 1024 * 1024

# Exit code for input that is no bounce of our mail (sysexits.h); Postfix's pipe understands it.
EX_DATAERR = 65

# Status codes about the recipient's address or mailbox (RFC 3463 §3.2, §3.3); others refuse the mail.
RECIPIENT_CODES = ("5.1.", "5.2.1")


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(mail)


@click.group()
def mail() -> None:
    """Test outgoing mail and record bounces."""


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
    """Read a returned mail from standard input and record that it was not delivered."""
    report = parse_delivery_status(sys.stdin.buffer.read(BOUNCE_BYTES_MAX))
    if report is None:
        raise NotOurBounce()
    mail_ids = (mail_rules.mail_id_of(address) for address in report.returned_to)
    mail_id = next((mail_id for mail_id in mail_ids if mail_id is not None), None)
    if mail_id is None:
        raise NotOurBounce()
    if not report.is_final:
        click.echo("Delivery is still being attempted: nothing is recorded.")
        return
    is_about_recipient = report.status.startswith(RECIPIENT_CODES)
    failure = MailFailure.RECIPIENT if is_about_recipient else MailFailure.REFUSED
    try:
        note_bounce(mail_id, failure, report.answer)
    except NotFound as refusal:
        raise NotOurBounce("This mail is no longer kept.") from refusal
    click.echo("Recorded.")


class NotOurBounce(click.ClickException):
    """The input is no bounce of a mail of this server."""

    exit_code = EX_DATAERR

    def __init__(self, message: str = "This is not a bounce of a mail from this server."):
        super().__init__(message)
