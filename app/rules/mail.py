"""Validation of the outgoing mail settings."""

import base64
import hashlib
import hmac
import ipaddress
import re
from dataclasses import replace

import idna
from flask import current_app
from flask_babel import gettext as _

from app.errors import Invalid
from app.integrations.mail import PLAIN, STARTTLS, TLS, MailServer
from app.rules.accounts import addresses

LONGEST = 253


def checked_mail_server(server: MailServer) -> MailServer:
    """Return a mail server as it is stored. Error: Invalid, at its field."""
    if server.protection not in (PLAIN, STARTTLS, TLS):
        raise Invalid(_("Choose one."), code="bad_protection", field="protection")
    if not 1 <= server.port <= 65535:
        raise Invalid(_("A port is a number from 1 to 65535."), code="bad_port", field="port")
    if server.password and not server.username:
        raise Invalid(_("A password needs a user name."), code="no_user_name", field="username")
    return replace(
        server,
        host=checked_host(server.host),
        username=(server.username or "").strip() or None,
        sender=checked_sender(server.sender),
    )


def checked_host(text: str) -> str:
    """Return a host's name or network address; names without a dot may be of the local network.

    Error: Invalid.
    """
    host = text.strip().strip("[]").rstrip(".").lower()
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        name = idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        name = ""
    if not name or len(name) > LONGEST:
        raise Invalid(
            _("This is not a host name: write it like mail.example.org."), code="bad_host", field="host"
        )
    return name


def checked_sender(text: str) -> str:
    """Return the address that mails come from. Error: Invalid."""
    return checked_address(text, field="sender")


def checked_address(text: str, *, field: str) -> str:
    """Return a normalised address that mails go to or come from. Error: Invalid."""
    address = addresses.normalise(text)
    alias, at, domain = address.rpartition("@")
    try:
        addresses.checked_domain_name(domain)
        is_sound = bool(at and alias) and not any(sign.isspace() or sign in '<>(),;:\\"[]' for sign in alias)
    except Invalid:
        is_sound = domain == "localhost" and bool(alias)
    if not is_sound or len(address) > 320:
        raise Invalid(_("This is not an email address."), code="bad_address", field=field)
    return address


PREFIX = "bounce"
# Bytes of the MAC, 120 bits: 24 letters, so that the whole stays within the 64 of a local part (RFC 5321).
MARK_LENGTH = 15

ADDRESS = re.compile(rf"{PREFIX}\+(\d{{1,19}})\.([a-z2-7]{{24}})@([^@\s<>]+)", re.I)


def return_path(mail_id: int) -> str | None:
    """Return the sender address of a mail, bounce+id.MAC@domain of BOUNCE_ADDRESS.

    None where that is not set.
    """
    domain = current_app.config["BOUNCE_ADDRESS"].rpartition("@")[2]
    return f"{PREFIX}+{mail_id}.{_mark(mail_id)}@{domain}" if domain else None


def mail_id_of(address: str) -> int | None:
    """Return the id of the mail that a return path was made for, None for a forged one.

    Servers on the way may fold its case.
    """
    match = ADDRESS.fullmatch(address.strip())
    if match is None or not hmac.compare_digest(match[2].lower(), _mark(int(match[1]))):
        return None
    return int(match[1])


def _mark(mail_id: int) -> str:
    secret = current_app.config["SECRET_KEY"].encode()
    mac = hmac.digest(secret, f"teamchat bounce {mail_id}".encode(), hashlib.sha256)[:MARK_LENGTH]
    return base64.b32encode(mac).decode().lower()
