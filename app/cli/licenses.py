"""`flask licenses …`: signing keys and licences."""

import os
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TextIO

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
from app.operations.licenses import install_license
from app.rules import licenses as license_rules
from app.rules.licenses import MOST_SEATS, Document


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(licenses)


@click.group()
def licenses() -> None:
    """Show, issue and install licences."""


@licenses.command("show")
@with_appcontext
def show() -> None:
    """Print the licence in force."""
    license_view = license_rules.current_license()
    if license_view is None:
        raise click.ClickException("No licence is recorded for this installation.")
    click.echo(f"{license_view.kind} licence of {license_view.holder}, reference {license_view.reference}")
    seats = f"{license_view.used} of {license_view.seats} seats taken"
    click.echo(f"valid until {license_view.valid_until:%Y-%m-%d}, {seats}")
    if license_view.is_foreign:
        click.echo(f"It was made for another installation; this one is {license_view.installation}.")


@licenses.command("key")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def make_key(path: Path) -> None:
    """Create a signing key in the new file PATH and print the value of LICENSE_PUBLIC_KEY."""
    key = Ed25519PrivateKey.generate()
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    click.echo(f"LICENSE_PUBLIC_KEY={license_rules.public_text(key)}")


@licenses.command("issue")
@click.option(
    "--key", "path", required=True, type=click.Path(exists=True, path_type=Path), help="private key, PEM"
)
@click.option("--holder", required=True, help="organisation that the licence is for")
@click.option(
    "--seats", required=True, type=click.IntRange(0, MOST_SEATS), help="user accounts; guests are free"
)
@click.option(
    "--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="last day of the licence, in UTC"
)
@click.option(
    "--reference", required=True, help="reference of the installation, as shown under Help, Licence"
)
def issue(path: Path, holder: str, seats: int, until: datetime, reference: str) -> None:
    """Print a signed licence, to be installed under Help, Licence."""
    document = Document(
        holder=holder,
        seats=seats,
        valid_until=datetime.combine(until.date(), time(23, 59, 59), UTC),
        modules=license_rules.MODULES,
        reference=reference.strip().upper(),
        issued_at=now(),
    )
    click.echo(license_rules.sign_document(document, _private_key(path)), nl=False)


@licenses.command("install")
@click.argument("file", type=click.File())
@click.option(
    "--accept-less", is_flag=True, help="install it even if it grants less than the licence in force"
)
@with_appcontext
def install(file: TextIO, accept_less: bool) -> None:
    """Install the signed licence in FILE; - reads it from the standard input."""
    try:
        with in_language("en"):
            installed = install_license(SYSTEM, file.read(), accepts_less=accept_less)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"Installed: {installed.seats} seats until {installed.valid_until:%Y-%m-%d}.")


def _private_key(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, TypeError, ValueError) as error:
        raise click.ClickException(f"{path} contains no private key that can be read.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise click.ClickException(f"{path} contains another kind of key; licences are signed with Ed25519.")
    return key
