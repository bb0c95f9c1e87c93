"""`flask licences …`: keys and licences, for those who give them to others."""

import os
from datetime import UTC, datetime, time
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from flask import Flask
from flask.cli import with_appcontext

from app.errors import Refusal
from app.i18n import in_language
from app.identity import SYSTEM
from app.models import now
from app.operations import licences as verbs
from app.rules import licence_documents, licensing
from app.rules.licence_documents import MOST_SEATS, Document


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(licenses)


@click.group()
def licenses() -> None:
    """Show, make and install licences."""


@licenses.command("show")
@with_appcontext
def show() -> None:
    """Say what licence counts here."""
    licence = licensing.current()
    if licence is None:
        raise click.ClickException("No licence is recorded for this installation.")
    click.echo(f"{licence.kind} licence of {licence.holder}, reference {licence.reference}")
    click.echo(f"valid until {licence.valid_until:%Y-%m-%d}, {licence.used} of {licence.seats} seats taken")
    if licence.is_foreign:
        click.echo(f"It was made for another installation; this one is {licence.installation}.")


@licenses.command("key")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def make_key(path: Path) -> None:
    """Make a key to sign licences with, in the new file PATH. Prints what LICENCE_PUBLIC_KEY must say."""
    key = Ed25519PrivateKey.generate()
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    click.echo(f"LICENCE_PUBLIC_KEY={licence_documents.public_text(key)}")


@licenses.command("issue")
@click.option(
    "--key", "path", required=True, type=click.Path(exists=True, path_type=Path), help="private key, PEM"
)
@click.option("--holder", required=True, help="whom it is for")
@click.option(
    "--seats", required=True, type=click.IntRange(0, MOST_SEATS), help="user accounts; guests are free"
)
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="its last day, in UTC")
@click.option("--reference", required=True, help="the installation's, as Help, Licence shows it")
def issue(path: Path, holder: str, seats: int, until: datetime, reference: str) -> None:
    """Print a signed licence, to be installed under Help, Licence."""
    document = Document(
        holder=holder,
        seats=seats,
        valid_until=datetime.combine(until.date(), time(23, 59, 59), UTC),
        modules=licensing.MODULES,
        reference=reference.strip().upper(),
        issued_at=now(),
    )
    click.echo(licence_documents.signed(document, _private_key(path)), nl=False)


@licenses.command("install")
@click.argument("file", type=click.File())
@click.option("--accept-less", is_flag=True, help="also when it gives less than the one that counts")
@with_appcontext
def install(file, accept_less: bool) -> None:
    """Install the signed licence in FILE; - reads it from the standard input."""
    try:
        with in_language("en"):
            licence = verbs.install_licence(SYSTEM, file.read(), accepts_less=accept_less)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"Installed: {licence.seats} seats until {licence.valid_until:%Y-%m-%d}.")


def _private_key(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, TypeError, ValueError) as error:
        raise click.ClickException(f"{path} holds no private key that can be read.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise click.ClickException(f"{path} holds a key of another kind; licences are signed with Ed25519.")
    return key
