"""Rooms, the people in them, and how far each has read."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Dated, Keyed, Versioned
from app.models.group import Folder, Group
from app.models.types import BigInt, Choice, UtcDateTime, exact, label, long_text


class RoomKind(StrEnum):
    PUBLIC = "public"
    PRIVATE = "private"
    DIRECT = "direct"


class RoomState(StrEnum):
    ACTIVE = "active"
    ARCHIVED = "archived"
    DELETED = "deleted"


class Room(Keyed, Dated, Versioned, Base):
    """A conversation. last_seq numbers its messages without a hole, last_change what happened to them since.

    unique_key keeps two direct rooms of the same people apart from existing twice; other rooms bear a random one.
    A room without a list of its own inherits the grants of its folder whole.
    """

    __tablename__ = "rooms"
    __table_args__ = (Index("ix_rooms_group_id_state", "group_id", "state", "id"),)

    kind: Mapped[RoomKind] = mapped_column(Choice(RoomKind))
    state: Mapped[RoomState] = mapped_column(Choice(RoomState), default=RoomState.ACTIVE)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    folder_id: Mapped[int | None] = mapped_column(ForeignKey("folders.id"), index=True)
    name: Mapped[str] = mapped_column(label(200))
    topic: Mapped[str | None] = mapped_column(label(500))
    intro: Mapped[str | None] = mapped_column(long_text())
    unique_key: Mapped[str] = mapped_column(exact(64), unique=True)
    has_own_list: Mapped[bool] = mapped_column(default=False, server_default=false())
    guests_see_history: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether a guest sees the conversation from the beginning, or from joining on."""
    guests_see_members: Mapped[bool] = mapped_column(default=True, server_default=true())
    guest_days: Mapped[int | None] = mapped_column(Integer)
    """How long a guest stays in the room, in days; none for without end."""
    last_seq: Mapped[int] = mapped_column(BigInt, default=0, server_default="0")
    last_change: Mapped[int] = mapped_column(BigInt, default=0, server_default="0")
    last_posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state_before_trash: Mapped[RoomState | None] = mapped_column(Choice(RoomState))
    """What restoring gives back; none for a room that was deleted before this was kept."""

    group: Mapped[Group | None] = relationship()
    folder: Mapped[Folder | None] = relationship()


class RoomMember(Keyed, Dated, Base):
    """What a room means to one person. is_member opens the door of private and direct rooms, and to guests;
    members of a group are in its public rooms without it."""

    __tablename__ = "room_members"
    __table_args__ = (
        UniqueConstraint("room_id", "account_id"),
        Index("ix_room_members_account_id", "account_id", "is_member", "room_id"),
        Index("ix_room_members_expires_at", "expires_at"),
    )

    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    is_member: Mapped[bool] = mapped_column(default=True, server_default=true())
    is_owner: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_hidden: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_favourite: Mapped[bool] = mapped_column(default=False, server_default=false())
    joined_seq: Mapped[int] = mapped_column(BigInt, default=0, server_default="0")
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Of a guest: when they leave the room by themselves."""
    warned_days: Mapped[int | None] = mapped_column(Integer)


class ReadMark(Base):
    """How far a person has read a room; no row means never opened."""

    __tablename__ = "read_marks"
    __table_args__ = (Index("ix_read_marks_room_id", "room_id"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"), primary_key=True, autoincrement=False)
    last_read_seq: Mapped[int] = mapped_column(BigInt, default=0)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
