"""Posting moves one's own read mark when it was up to date, and one's other devices hear of it."""

from sqlalchemy import bindparam, tuple_, update

from app.events import RoomRead
from app.extensions import db
from app.models import ReadMark
from app.transaction import publish

_marks = ReadMark.__table__.c
MOVE_SOME = (
    update(ReadMark.__table__)
    .where(
        tuple_(_marks.account_id, _marks.room_id, _marks.last_read_seq).in_(
            bindparam("marks", expanding=True)
        )
    )
    .values(last_read_seq=_marks.last_read_seq + 1)
)


def move_own_marks(posted: list[tuple[int, int, int]]) -> None:
    """Somebody has posted in a room at a place, several times, in the rooms' order. One statement.

    Whoever posts first in a room may have read all of it; nobody has read what is only being stored. Which of several
    marks have moved is not asked for: unless it is all of them, other devices hear of it when more is read.
    """
    first = {room_id: (account_id, seq) for account_id, room_id, seq in reversed(posted)}
    marks = [(account_id, room_id, seq - 1) for room_id, (account_id, seq) in first.items()]
    if db.session.execute(MOVE_SOME, {"marks": marks}).rowcount == len(marks):
        for room_id, (account_id, seq) in first.items():
            publish(RoomRead(account_id, room_id, seq, 0))
