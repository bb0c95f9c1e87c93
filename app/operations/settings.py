"""Settings of the whole server."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.integrations.mail import MailServer
from app.models import ServerSetting
from app.operations import audit
from app.queries import settings
from app.queries.settings import SECRETS
from app.rules import scope
from app.sealed import seal
from app.transaction import operation


@operation
def set_setting(actor, name: str, value: str | None) -> None:
    """Set one value of the server; None takes it away. Server and web administrators only."""
    scope.require_server_wide(actor)
    row = _row_of(name)
    before, row.value = row.value, value
    settings.forget()
    if before != value:
        audit.record(
            actor, "setting.change", before={name: _shown(name, before)}, after={name: _shown(name, value)}
        )


@operation
def set_mail_server(actor, server: MailServer) -> None:
    """Say where mails go. The password is kept encrypted; None takes one away."""
    values = {
        settings.Setting.MAIL_SERVER: server.host,
        settings.Setting.MAIL_PORT: str(server.port),
        settings.Setting.MAIL_PROTECTION: server.protection,
        settings.Setting.MAIL_USERNAME: server.username,
        settings.Setting.MAIL_PASSWORD: seal(server.password) if server.password else None,
        settings.Setting.MAIL_SENDER: server.sender,
    }
    for name, value in values.items():
        set_setting(actor, name, value)


def _row_of(name: str) -> ServerSetting:
    """The row of a setting, locked, made if need be."""
    statement = select(ServerSetting).where(ServerSetting.name == name).with_for_update()
    row = db.session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()
    if row is not None:
        return row
    try:
        with db.session.begin_nested():
            row = ServerSetting(name=name)
            db.session.add(row)
    except IntegrityError:
        row = db.session.scalars(statement).one()
    return row


def _shown(name: str, value: str | None) -> str | None:
    return "…" if name in SECRETS and value is not None else value
