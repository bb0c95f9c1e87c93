"""Validation of the outgoing mail settings."""

import ipaddress
from dataclasses import replace

import idna
from flask_babel import gettext as _

from app.errors import Invalid
from app.integrations.mail import PLAIN, STARTTLS, TLS, MailServer
from app.rules import addresses

LONGEST = 253


def checked(server: MailServer) -> MailServer:
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
