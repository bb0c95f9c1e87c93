"""The log of changes of access, numbered by the counter "access"."""

from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Dated
from app.models.types import BigInt, Choice

ACCESS = "access"


class AccessScope(StrEnum):
    """The extent of a change: one account, one room, the rooms of one folder or group, or everybody."""

    ACCOUNT = "account"
    ROOM = "room"
    FOLDER = "folder"
    GROUP = "group"
    EVERYBODY = "everybody"


class AccessChange(Dated, Base):
    """A possible change of access. Epochs have no gaps: they are assigned under the counter's lock."""

    __tablename__ = "access_changes"

    epoch: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    scope: Mapped[AccessScope] = mapped_column(Choice(AccessScope))
    target_id: Mapped[int] = mapped_column(BigInt, default=0)
