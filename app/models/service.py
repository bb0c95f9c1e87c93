"""Services that administrators start and stop."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Integer, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Keyed
from app.models.types import Choice, UtcDateTime, now


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
