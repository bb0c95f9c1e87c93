"""Grants: rows of the rights list of a TeamChat folder or a room."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Dated, Keyed
from app.models.types import BigInt, Choice


class Principal(StrEnum):
    """The kind of a grant's recipient. Account, group and domain have an id, the others mean all of their kind."""

    ACCOUNT = "account"
    GROUP = "group"
    DOMAIN = "domain"
    MEMBERS = "members"
    GUESTS = "guests"
    ANYONE = "anyone"


class Grant(Keyed, Dated, Base):
    """The rights of a principal in a folder or a room, as the sum of the bits of rules.rights.Right."""

    __tablename__ = "grants"
    __table_args__ = (
        UniqueConstraint("scope_kind", "scope_id", "principal", "principal_id"),
        Index("ix_grants_principal_principal_id", "principal", "principal_id", "scope_kind", "scope_id"),
        CheckConstraint(
            "(scope_kind = 1 AND folder_id = scope_id AND room_id IS NULL)"
            " OR (scope_kind = 2 AND room_id = scope_id AND folder_id IS NULL)",
            name="one_scope",
        ),
        CheckConstraint(
            "(principal IN ('account', 'group', 'domain') AND principal_id > 0)"
            " OR (principal IN ('members', 'guests', 'anyone') AND principal_id = 0)",
            name="principal_id",
        ),
        CheckConstraint("rights >= 0 AND rights < 4096", name="rights"),
    )

    scope_kind: Mapped[int] = mapped_column(Integer)
    scope_id: Mapped[int] = mapped_column(BigInt)
    folder_id: Mapped[int | None] = mapped_column(ForeignKey("folders.id"), index=True)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"), index=True)
    principal: Mapped[Principal] = mapped_column(Choice(Principal))
    principal_id: Mapped[int] = mapped_column(BigInt, default=0)
    rights: Mapped[int] = mapped_column(Integer)


FOLDER_SCOPE = 1
ROOM_SCOPE = 2

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
