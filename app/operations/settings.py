"""Settings of the whole server."""

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.encryption import decrypt, encrypt
from app.errors import Conflict
from app.extensions import db
from app.integrations.mail import MailServer
from app.models import OutgoingMail, ServerSetting, WorkState, now
from app.operations import audit
from app.queries import settings
from app.queries.settings import SECRETS, Setting
from app.rules import mail_servers, scope
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
def set_setting(actor, name: str, value: str | None) -> None:
    """Set one value of the server; None takes it away. Server administrators only."""
    scope.require_server_administrator(actor)
    if value is None and _existing_row(name) is None:
        return
    row = locked_row(name)
    before, row.value = row.value, value
    settings.forget()
    if before != value:
        audit.record(
            actor, "setting.change", before={name: _shown(name, before)}, after={name: _shown(name, value)}
        )


@operation
def update_mail_server(actor, server: MailServer | None, seen_version: int | None = None) -> None:
    """Say where mails go, from a form; None: where the environment says. Mails that waited for it leave at once.

    Server administrators only: a mail server of one's own receives everybody's links to choose a password.
    seen_version: of the form. Errors: Conflict when somebody else was faster; Invalid.
    """
    scope.require_server_administrator(actor)
    wanted = mail_servers.checked(server) if server is not None else None
    if wanted == settings.own_mail_server():
        return
    version = locked_row(Setting.MAIL_VERSION)
    settings.forget()
    if seen_version is not None and settings.mail_version() != seen_version:
        raise Conflict()
    if wanted is None:
        for name in MAIL_SETTINGS:
            set_setting(actor, name, None)
    else:
        set_mail_server(actor, wanted)
    version.value = str(settings.mail_version() + 1)
    settings.forget()
    waiting = update(OutgoingMail).where(OutgoingMail.state == WorkState.WAITING, OutgoingMail.due_at > now())
    db.session.execute(waiting.values(due_at=now()), execution_options={"synchronize_session": False})


@operation
def set_mail_server(actor, server: MailServer) -> None:
    """Say where mails go. The password is kept encrypted; None takes one away."""
    values = {
        settings.Setting.MAIL_SERVER: server.host,
        settings.Setting.MAIL_PORT: str(server.port),
        settings.Setting.MAIL_PROTECTION: server.protection,
        settings.Setting.MAIL_USERNAME: server.username,
        settings.Setting.MAIL_PASSWORD: _sealed(server.password),
        settings.Setting.MAIL_SENDER: server.sender,
    }
    for name, value in values.items():
        set_setting(actor, name, value)


def _sealed(password: str | None) -> str | None:
    """A password as it is kept. The same one stays as it is, so that the trail tells of no change."""
    kept = settings.get(Setting.MAIL_PASSWORD)
    if not password or (kept and decrypt(kept) == password):
        return kept if password else None
    return encrypt(password)


def locked_row(name: str) -> ServerSetting:
    """The row of a setting, locked, made if need be."""
    row = _existing_row(name)
    if row is not None:
        return row
    try:
        with db.session.begin_nested():
            row = ServerSetting(name=name)
            db.session.add(row)
    except IntegrityError:
        row = _existing_row(name)
    return row


def _existing_row(name: str) -> ServerSetting | None:
    statement = select(ServerSetting).where(ServerSetting.name == name).with_for_update()
    return db.session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()


def _shown(name: str, value: str | None) -> str | None:
    return "…" if name in SECRETS and value is not None else value
