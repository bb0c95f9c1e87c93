"""Changes of settings of the whole server."""

from sqlalchemy import update

from app.encryption import decrypt, encrypt
from app.errors import Conflict
from app.integrations.mail import MailServer
from app.models import Account, OutgoingMail, WorkState, now
from app.operations import audit
from app.operations.locks import execute_update, existing_setting, locked_setting
from app.rules import mail
from app.rules.rights import scope
from app.rules.server import settings
from app.rules.server.settings import SECRETS, Setting
from app.transaction import operation

MAIL_SETTINGS = (
    Setting.MAIL_SERVER,
    Setting.MAIL_PORT,
    Setting.MAIL_PROTECTION,
    Setting.MAIL_USERNAME,
    Setting.MAIL_PASSWORD,
    Setting.MAIL_SENDER,
)


@operation
def set_setting(actor: Account, name: str, value: str | None) -> None:
    """Set a value of the server; None removes it. Server administrators only."""
    scope.require_server_administrator(actor)
    if value is None and existing_setting(name) is None:
        return
    row = locked_setting(name)
    before, row.value = row.value, value
    settings.forget()
    if before != value:
        audit.record(
            actor,
            "setting.change",
            before={name: _audited_value(name, before)},
            after={name: _audited_value(name, value)},
        )


@operation
def update_mail_server(actor: Account, server: MailServer | None, seen_version: int | None = None) -> None:
    """Set the mail server from a form; None: the one of the environment. Waiting mails are sent at once.

    Server administrators only. Errors: Conflict if it has changed since seen_version; Invalid.
    """
    # A hostile mail server would receive everybody's links to choose a password.
    scope.require_server_administrator(actor)
    checked_server = mail.checked_mail_server(server) if server is not None else None
    if checked_server == settings.own_mail_server():
        return
    version_row = locked_setting(Setting.MAIL_VERSION)
    settings.forget()
    if seen_version is not None and settings.mail_version() != seen_version:
        raise Conflict()
    if checked_server is None:
        for name in MAIL_SETTINGS:
            set_setting(actor, name, None)
    else:
        set_mail_server(actor, checked_server)
    version_row.value = str(settings.mail_version() + 1)
    settings.forget()
    waiting = update(OutgoingMail).where(OutgoingMail.state == WorkState.WAITING, OutgoingMail.due_at > now())
    execute_update(waiting.values(due_at=now()))


@operation
def set_mail_server(actor: Account, server: MailServer) -> None:
    """Set the mail server. The password is stored encrypted; None removes it."""
    values = {
        Setting.MAIL_SERVER: server.host,
        Setting.MAIL_PORT: str(server.port),
        Setting.MAIL_PROTECTION: server.protection,
        Setting.MAIL_USERNAME: server.username,
        Setting.MAIL_PASSWORD: _encrypted(server.password),
        Setting.MAIL_SENDER: server.sender,
    }
    for name, value in values.items():
        set_setting(actor, name, value)


def _encrypted(password: str | None) -> str | None:
    """Return a password as it is stored. The same password is not encrypted anew: that would look like a change."""
    stored = settings.get(Setting.MAIL_PASSWORD)
    if not password:
        return None
    return stored if stored and decrypt(stored) == password else encrypt(password)


def _audited_value(name: str, value: str | None) -> str | None:
    return "…" if name in SECRETS and value is not None else value
