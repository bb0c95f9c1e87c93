"""Settings and counters of the server."""

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Keyed
from app.models.types import BigInt, exact, long_text


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
