"""Rooms, their members and read marks."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Dated, Keyed, Versioned
from app.models.groups import Folder, Group
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
    """A conversation. last_seq: number of its last message, without gaps; last_change: of the last change of one.

    unique_key: prevents two direct rooms of the same people; random for other rooms. A room without a rights list of
    its own inherits all grants of its folder.
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
    # Whether guests see messages from before they joined.
    guests_see_history: Mapped[bool] = mapped_column(default=True, server_default=true())
    guests_see_members: Mapped[bool] = mapped_column(default=True, server_default=true())
    # Default duration of a guest's membership in days, None for no end.
    guest_days: Mapped[int | None] = mapped_column(Integer)
    last_seq: Mapped[int] = mapped_column(BigInt, default=0, server_default="0")
    last_change: Mapped[int] = mapped_column(BigInt, default=0, server_default="0")
    last_posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # State to restore, None for rooms deleted before this column existed.
    state_before_trash: Mapped[RoomState | None] = mapped_column(Choice(RoomState))

    group: Mapped[Group | None] = relationship()
    folder: Mapped[Folder | None] = relationship()


class RoomMember(Keyed, Dated, Base):
    """A person's membership and settings in a room.

    is_member admits people to private and direct rooms, and guests to any. Members of a group are in its public rooms
    without it.
    """

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
    # End of a guest's membership.
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    warned_days: Mapped[int | None] = mapped_column(Integer)


class ReadMark(Base):
    """The last message that a person has read in a room. Without a row the person never opened it."""

    __tablename__ = "read_marks"
    __table_args__ = (Index("ix_read_marks_room_id", "room_id"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"), primary_key=True, autoincrement=False)
    last_read_seq: Mapped[int] = mapped_column(BigInt, default=0)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
