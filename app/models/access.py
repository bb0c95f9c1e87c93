"""The log of what changed about who may what, numbered by the counter "access"."""

from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Dated
from app.models.types import BigInt, Choice

ACCESS = "access"


class AccessScope(StrEnum):
    """Whom a change may concern: one account, one room, the rooms of one folder or group, or everybody."""

    ACCOUNT = "account"
    ROOM = "room"
    FOLDER = "folder"
    GROUP = "group"
    EVERYBODY = "everybody"


class AccessChange(Dated, Base):
    """Somebody's access may have changed. Epochs have no gap: they are given under the counter's lock."""

    __tablename__ = "access_changes"

    epoch: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    scope: Mapped[AccessScope] = mapped_column(Choice(AccessScope))
    target_id: Mapped[int] = mapped_column(BigInt, default=0)
