"""Numbers of messages in a room, taken under its lock: without holes, none twice."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select, update

from app.errors import NotFound
from app.extensions import db
from app.models import ACCESS, Counter, Group, Message, Room, RoomKind, now
from app.models.base import table_of
from app.transaction import execute_built

_rooms, _counters, _messages = Room.__table__.c, Counter.__table__.c, Message.__table__.c
_groups = Group.__table__.c
TAKE_NUMBERS = (
    update(table_of(Room))
    .where(_rooms.id == bindparam("room"))
    .values(last_seq=_rooms.last_seq + bindparam("count"), last_posted_at=bindparam("at"))
)
TAKE_CHANGE = (
    update(table_of(Room)).where(_rooms.id == bindparam("room")).values(last_change=_rooms.last_change + 1)
)
READ_PLACE = select(
    _rooms.last_seq,
    _rooms.last_change,
    _rooms.kind,
    _rooms.folder_id,
    _rooms.has_own_list,
    _rooms.group_id,
    select(_groups.sends_per_minute).where(_groups.id == _rooms.group_id).scalar_subquery().label("limit"),
    select(_counters.value).where(_counters.name == ACCESS).scalar_subquery().label("epoch"),
).where(_rooms.id == bindparam("room"))
# The statements of every post are built once: building them costs more than MariaDB takes to run them.
LAST_POSTED = (
    select(_messages.created_at)
    .where(_messages.room_id == bindparam("room"))
    .order_by(_messages.seq.desc(), _messages.note.desc())
    .limit(1)
)


@dataclass(frozen=True)
class RoomPosition:
    """The next place in a room, taken under the room's lock, and the epoch of access as it is at that moment.

    limit: messages that the room's group takes within any minute, None for without limit.
    """

    seq: int
    change_no: int
    epoch: int
    folder_id: int | None
    group_id: int | None = None
    limit: int | None = None
    is_direct: bool = False


def next_numbers(room_id: int, count: int = 1) -> RoomPosition:
    """Take the room's next numbers.

    The row stays locked until the commit, so that none is missing or given twice.
    """
    taking = execute_built(TAKE_NUMBERS, {"room": room_id, "count": count, "at": now()})
    if not taking.rowcount:
        raise NotFound()
    return room_position(room_id)


def room_position(room_id: int) -> RoomPosition:
    """Return the state of a room; read under its lock, it holds until the commit."""
    row = execute_built(READ_PLACE, {"room": room_id}).one()
    folder_id = None if row.has_own_list else row.folder_id
    is_direct = row.kind is RoomKind.DIRECT
    return RoomPosition(
        row.last_seq, row.last_change, row.epoch, folder_id, row.group_id, row.limit, is_direct
    )


def next_change(room_id: int) -> RoomPosition:
    """Take the room's next change number, under its lock."""
    db.session.execute(TAKE_CHANGE, {"room": room_id})
    return room_position(room_id)


def return_numbers(room_id: int, count: int, *, is_all: bool = False) -> None:
    """Return numbers that were taken and not used; nobody has seen them, the room is still locked.

    is_all: nobody who asked was allowed to post, so that the room has not been posted in.
    """
    at = db.session.scalar(LAST_POSTED, {"room": room_id}) if is_all else now()
    db.session.execute(TAKE_NUMBERS, {"room": room_id, "count": -count, "at": at})
