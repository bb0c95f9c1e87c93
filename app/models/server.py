"""Settings and counters of the server."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Integer, event, insert, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Keyed
from app.models.rights import ACCESS
from app.models.types import BigInt, Choice, UtcDateTime, exact, long_text, now


class ServerSetting(Keyed, Base):
    """One setting by name, such as host name, outgoing mail, time of installation."""

    __tablename__ = "server_settings"

    name: Mapped[str] = mapped_column(exact(64), unique=True)
    value: Mapped[str | None] = mapped_column(long_text())


class Counter(Base):
    """An increasing number, changed under its row's lock: the epoch of access changes."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(exact(32), primary_key=True)
    value: Mapped[int] = mapped_column(BigInt, default=0)


class ServiceName(StrEnum):
    TEAMCHAT = "teamchat"
    GROUPWARE = "groupware"
    WEBDAV = "webdav"
    WEBCLIENT = "webclient"
    MAIL = "mail"


class Service(Keyed, Base):
    """The state of a service and its start."""

    __tablename__ = "services"

    name: Mapped[ServiceName] = mapped_column(Choice(ServiceName), unique=True)
    is_running: Mapped[bool] = mapped_column(default=True, server_default=true())
    since_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # Most concurrent connections, and when.
    peak: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    peak_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FigureName(StrEnum):
    MESSAGES = "messages"
    # The maximum within the hour; the others are sums.
    CONNECTIONS = "connections"
    SIGN_INS = "sign_ins"


class Figure(Base):
    """The value of a figure for one hour."""

    __tablename__ = "figures"
    __table_args__ = (Index("ix_figures_hour", "hour"),)

    name: Mapped[FigureName] = mapped_column(Choice(FigureName), primary_key=True)
    hour: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    value: Mapped[int] = mapped_column(BigInt, default=0)


class ProcessReport(Base):
    """Connections of one web process: windows of the WebClient, and the rooms they have open."""

    __tablename__ = "process_reports"

    process: Mapped[str] = mapped_column(exact(64), primary_key=True)
    windows: Mapped[int] = mapped_column(Integer, default=0)
    open_rooms: Mapped[int] = mapped_column(Integer, default=0)
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)


def insert_first_rows(connection, tables) -> None:
    """Insert the initial rows of the given new tables."""
    if Counter.__table__ in tables:
        connection.execute(insert(Counter), [{"name": ACCESS, "value": 0}])
    if Service.__table__ in tables:
        connection.execute(insert(Service), [{"name": name} for name in ServiceName])


@event.listens_for(Base.metadata, "after_create")
def _insert_after_create(_metadata, connection, tables=(), **_options) -> None:
    insert_first_rows(connection, tables)
