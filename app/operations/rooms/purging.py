"""Rooms whose time in the trash is over: gone for good, a bounded piece at a time, with all that was said in them."""

from sqlalchemy import delete, select, update

from app.extensions import db
from app.identity import SYSTEM
from app.models import (
    Grant,
    Invitation,
    Mention,
    Message,
    MessageVersion,
    ReadMark,
    Room,
    RoomMember,
    RoomState,
    now,
)
from app.operations import audit, search
from app.operations.rooms.running import IN_TRASH
from app.rules import managing
from app.transaction import operation

BATCH = 500
"""Rows of one kind that one transaction takes away."""

BESIDE = (ReadMark.account_id, Invitation.id, Grant.id)
"""What belongs to a room beside its messages and people, by the column that tells the rows apart."""


def rooms_to_purge(limit: int = 100) -> list[int]:
    """Ids of rooms that have been in the trash for longer than they are kept there, the oldest first."""
    statement = select(Room.id).where(*_is_due()).order_by(Room.deleted_at, Room.id)
    return list(db.session.scalars(statement.limit(limit)))


@operation(audited=False)
def purge_room(room_id: int) -> bool:
    """Take the next piece of such a room away, in the end the room itself. Returns whether something is left.

    It may be done twice, and by two at once; a room that was restored meanwhile stays as it is.
    """
    locking = select(Room.id).where(Room.id == room_id, *_is_due()).with_for_update(skip_locked=True)
    if db.session.scalar(locking) is None:
        return False
    if search.forget_room(room_id) or _take_messages(room_id):
        return True
    if any(_take(column, column.class_.room_id == room_id) for column in BESIDE):
        return True
    if _take(RoomMember.id, RoomMember.room_id == room_id, ~RoomMember.is_owner):
        return True
    _take_room(db.session.get(Room, room_id))
    return False


def _is_due():
    return Room.state == RoomState.DELETED, Room.deleted_at < now() - IN_TRASH


def _take_messages(room_id: int) -> bool:
    """The newest first: what answers a message goes before it, or with it."""
    newest = select(Message.id).where(Message.room_id == room_id).order_by(Message.id.desc()).limit(BATCH)
    ids = list(db.session.scalars(newest))
    if ids:
        _write(delete(Mention).where(Mention.message_id.in_(ids)))
        _write(delete(MessageVersion).where(MessageVersion.message_id.in_(ids)))
        _write(update(Message).where(Message.id.in_(ids)).values(parent_id=None))
        _write(delete(Message).where(Message.id.in_(ids)))
    return bool(ids)


def _take(column, *conditions) -> bool:
    """A batch of the rows that these conditions hold for. Returns whether there were any."""
    keys = list(db.session.scalars(select(column).where(*conditions).limit(BATCH)))
    if keys:
        _write(delete(column.class_).where(*conditions, column.in_(keys)))
    return bool(keys)


def _take_room(room: Room) -> None:
    """Whose it was is told by its owners, so they are the last to go."""
    audit.record(
        SYSTEM, "room.purge", room, before={"name": room.name}, domain_id=managing.domain_id_of(room)
    )
    _write(delete(RoomMember).where(RoomMember.room_id == room.id))
    db.session.delete(room)


def _write(statement) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})
