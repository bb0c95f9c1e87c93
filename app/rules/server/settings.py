"""Settings that the server keeps in the database."""

from enum import StrEnum
from typing import overload
from urllib.parse import urlsplit

from flask import current_app, g, has_request_context
from sqlalchemy import select

from app.encryption import decrypt
from app.extensions import db
from app.integrations.mail import PLAIN, STARTTLS, MailServer
from app.models import ServerSetting


class Setting(StrEnum):
    """Names of the server's settings. mail_password is kept sealed."""

    INSTALLED_AT = "installed_at"
    SETUP_DIGEST = "setup_digest"
    SETUP_UNTIL = "setup_until"
    HOST_NAME = "host_name"
    MAIL_SERVER = "mail_server"
    MAIL_PORT = "mail_port"
    MAIL_PROTECTION = "mail_protection"
    MAIL_USERNAME = "mail_username"
    MAIL_PASSWORD = "mail_password"
    MAIL_SENDER = "mail_sender"
    MAIL_VERSION = "mail_version"
    AUDIT_VERDICT = "trail_verdict"
    DISCOVERY = "discovery"
    DISCOVERY_VERSION = "discovery_version"
    CERTIFICATE_SEEN = "certificate_seen"


# Settings whose values the audit log does not show.
SECRETS = {Setting.MAIL_PASSWORD, Setting.SETUP_DIGEST}


@overload
def get(name: str) -> str | None: ...
@overload
def get(name: str, default: str) -> str: ...
def get(name: str, default: str | None = None) -> str | None:
    """Return the value of a setting; default where there is none.

    One statement a request, however many are asked for.
    """
    value = _all().get(name)
    return default if value is None else value


def forget() -> None:
    """Have the settings read again: something has changed."""
    if has_request_context():
        g.pop("server_settings", None)


def is_installed() -> bool:
    """Return whether the first installation is done."""
    return get(Setting.INSTALLED_AT) is not None


def public_url() -> str:
    """Return the public address: PUBLIC_URL with the host name chosen at the installation."""
    address = urlsplit(current_app.config["PUBLIC_URL"])
    host = get(Setting.HOST_NAME) or address.hostname
    bracketed = f"[{host}]" if ":" in host else host
    return f"{address.scheme}://{bracketed}" + (f":{address.port}" if address.port else "")


def mail_server() -> MailServer | None:
    """Return the outgoing mail server: WebAdmin's, else the environment's. None: mails wait."""
    return own_mail_server() or _mail_from_environment()


def own_mail_server() -> MailServer | None:
    """Return the mail server set in WebAdmin."""
    return _mail_from_settings() if get(Setting.MAIL_SERVER) else None


def mail_version() -> int:
    """Return how many times the mail server was set in WebAdmin."""
    return int(get(Setting.MAIL_VERSION) or 0)


def default_sender() -> str:
    """Return the address that mails come from where none was set."""
    return f"teamchat@{urlsplit(public_url()).hostname}"


def _all() -> dict[str, str | None]:
    if not has_request_context():
        return _read()
    if "server_settings" not in g:
        g.server_settings = _read()
    return g.server_settings


def _read() -> dict[str, str | None]:
    return dict(db.session.execute(select(ServerSetting.name, ServerSetting.value)).all())


def _mail_from_settings() -> MailServer:
    sealed = get(Setting.MAIL_PASSWORD)
    return MailServer(
        host=get(Setting.MAIL_SERVER, ""),
        port=int(get(Setting.MAIL_PORT, "25")),
        protection=get(Setting.MAIL_PROTECTION, PLAIN),
        username=get(Setting.MAIL_USERNAME),
        password=decrypt(sealed) if sealed else None,
        sender=get(Setting.MAIL_SENDER) or default_sender(),
    )


def _mail_from_environment() -> MailServer | None:
    settings = current_app.config
    if not settings["MAIL_SERVER"]:
        return None
    return MailServer(
        host=settings["MAIL_SERVER"],
        port=settings["MAIL_PORT"],
        protection=STARTTLS if settings["MAIL_USE_TLS"] else PLAIN,
        username=settings["MAIL_USERNAME"],
        password=settings["MAIL_PASSWORD"],
        sender=settings["MAIL_DEFAULT_SENDER"] or default_sender(),
    )
