"""Read marks: opening a room, reading, and posting move them."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import BindParameter, Select, and_, bindparam, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from app.events import RoomBroughtBack, RoomRead
from app.extensions import db
from app.models import Account, ReadMark, Room, RoomMember, now
from app.models.base import table_of
from app.operations.locks import execute_update
from app.rules.rights import Right, access
from app.rules.rooms import history_starts
from app.transaction import execute_built, operation, publish

_marks = ReadMark.__table__.c
MOVE_SOME = (
    update(table_of(ReadMark))
    .where(
        tuple_(_marks.account_id, _marks.room_id, _marks.last_read_seq).in_(
            bindparam("marks", expanding=True)
        )
    )
    .values(last_read_seq=_marks.last_read_seq + 1)
)


def move_own_marks(posted: list[tuple[int, int, int]]) -> None:
    """Move the read marks of authors whose marks were up to date. One statement.

    posted: account, room and seq, in the rooms' order. The first author in a room may have read all of it; a message
    that is only being stored counts as unread.
    """
    first = {room_id: (account_id, seq) for account_id, room_id, seq in reversed(posted)}
    marks = [(account_id, room_id, seq - 1) for room_id, (account_id, seq) in first.items()]
    if execute_built(MOVE_SOME, {"marks": marks}).rowcount == len(marks):
        for room_id, (account_id, seq) in first.items():
            publish(RoomRead(account_id, room_id, seq, 0))


MINE: BindParameter[int] = bindparam("account")
# Built once: everybody opens a room after the server was restarted.
AT_OPENING = (
    select(Room.last_seq, Room.last_change, ReadMark.last_read_seq, RoomMember.is_hidden)
    .outerjoin(ReadMark, and_(ReadMark.room_id == Room.id, ReadMark.account_id == MINE))
    .outerjoin(RoomMember, and_(RoomMember.room_id == Room.id, RoomMember.account_id == MINE))
    .where(Room.id == bindparam("room"))
)


@dataclass(frozen=True)
class OpenedRoom:
    """A room as a person opens it: newest message and change, read mark, rights."""

    last_seq: int
    last_read: int
    change: int
    rights: Right


@operation(audited=False)
def open_room(actor: Account, room_id: int) -> OpenedRoom:
    """Open a room. At the first opening everything there counts as read."""
    rights = access.require(actor, Right.ITEMS_READ, room_id)
    last_seq, change, last_read, is_hidden = db.session.execute(
        AT_OPENING, {"account": actor.id, "room": room_id}
    ).one()
    if is_hidden:
        bring_back(room_id, [actor.id])
    if last_read is None:
        _first_mark(actor, room_id, last_seq)
        last_read = last_seq
    return OpenedRoom(last_seq, last_read, change, rights)


@operation(audited=False)
def mark_read(actor: Account, room_id: int, seq: int) -> int:
    """Say that a person has read up to a place; a mark never moves back. Returns how many are unread now."""
    access.require(actor, Right.ITEMS_READ, room_id)
    last_seq, _ = _heads(room_id)
    seq = max(0, min(int(seq), last_seq))
    moving = (
        update(ReadMark)
        .where(ReadMark.account_id == actor.id, ReadMark.room_id == room_id, ReadMark.last_read_seq < seq)
        .values(last_read_seq=seq)
    )
    if execute_update(moving):
        publish(RoomRead(actor.id, room_id, seq, last_seq - seq))
        return last_seq - seq
    mark = db.session.scalar(_mark(actor, room_id))
    if mark is None:
        # A guest who reads from joining on has nothing unread from before, whatever their device says.
        mark = max(seq, history_starts(actor, [room_id]).get(room_id, 0))
        _first_mark(actor, room_id, mark)
    return max(0, last_seq - mark)


def bring_back(room_id: int, account_ids: Collection[int] | None = None) -> None:
    """Show a room again to those who had hidden it: they opened it, or were spoken to in it. None: to everybody."""
    hidden = [RoomMember.room_id == room_id, RoomMember.is_hidden]
    if account_ids is not None:
        hidden.append(RoomMember.account_id.in_(account_ids))
    ids = tuple(db.session.scalars(select(RoomMember.account_id).where(*hidden)))
    if not ids:
        return
    db.session.execute(
        update(RoomMember).where(*hidden).values(is_hidden=False),
        execution_options={"synchronize_session": False},
    )
    publish(RoomBroughtBack(room_id, ids))


def begin_reading_here(room_id: int, account_ids: Collection[int]) -> None:
    """Guests who read from joining on have nothing unread from before: their marks from an earlier stay move up."""
    mine = (RoomMember.room_id == room_id, RoomMember.account_id == ReadMark.account_id)
    joined = select(RoomMember.joined_seq).where(*mine).scalar_subquery()
    behind = (
        ReadMark.room_id == room_id,
        ReadMark.account_id.in_(account_ids),
        ReadMark.last_read_seq < joined,
    )
    db.session.execute(
        update(ReadMark).where(*behind).values(last_read_seq=joined),
        execution_options={"synchronize_session": False},
    )


def _heads(room_id: int) -> tuple[int, int]:
    return db.session.execute(select(Room.last_seq, Room.last_change).where(Room.id == room_id)).one()


def _mark(actor: Account, room_id: int) -> Select:
    return select(ReadMark.last_read_seq).where(ReadMark.account_id == actor.id, ReadMark.room_id == room_id)


def _first_mark(actor: Account, room_id: int, seq: int) -> None:
    """Two devices may open a room for the first time at once: the second finds the mark there and leaves it."""
    row = {"account_id": actor.id, "room_id": room_id, "last_read_seq": seq, "opened_at": now()}
    try:
        with db.session.begin_nested():
            db.session.execute(insert(ReadMark), [row])
    except IntegrityError:
        return
