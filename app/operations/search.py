"""Index of words for message search. The worker keeps it, room by room, in batches that can be repeated."""

from dataclasses import dataclass

from sqlalchemy import delete, insert, or_, select

from app.extensions import db
from app.models import Message, MessageKind, MessageWord, Room, RoomState, SearchMark
from app.text import words
from app.transaction import operation

# Messages of one transaction.
BATCH = 200

# Rooms that are looked up at once.
ROOMS = 1_000


@dataclass(frozen=True)
class Indexed:
    """Result of one batch: number of messages read, and whether the room has more."""

    count: int
    has_more: bool


def waiting_rooms() -> list[int]:
    """Return rooms where something was said or changed that is not among the words yet."""
    behind = or_(
        SearchMark.room_id.is_(None) & ((Room.last_seq > 0) | (Room.last_change > 0)),
        Room.last_seq > SearchMark.last_seq,
        Room.last_change > SearchMark.last_change,
    )
    statement = select(Room.id).outerjoin(SearchMark, SearchMark.room_id == Room.id)
    living = statement.where(Room.state != RoomState.DELETED, behind)
    return list(db.session.scalars(living.limit(ROOMS)))


@operation(audited=False)
def index_room(room_id: int) -> Indexed:
    """Take the next batch of a room's messages, and of what was edited or deleted, among the words."""
    mark = _mark(room_id)
    if mark is None:
        return Indexed(0, has_more=False)
    new, changed = _new(mark), _changed(mark)
    mark.last_seq = new[-1].seq if new else mark.last_seq
    mark.last_change = changed[-1].change_no if changed else mark.last_change
    new_ids = {message.id for message in new}
    earlier = [each for each in changed if each.seq <= mark.last_seq and each.id not in new_ids]
    _forget(room_id, [message.id for message in earlier])
    rows = [row for message in [*new, *earlier] for row in _rows(message)]
    if rows:
        db.session.execute(insert(MessageWord), rows)
    return Indexed(len(new) + len(earlier), has_more=BATCH in (len(new), len(changed)))


def forget_room(room_id: int) -> bool:
    """Take a room's words away, a batch at a time. Gives whether there were any. Only inside of an operation."""
    some = select(MessageWord.message_id).where(MessageWord.room_id == room_id).distinct().limit(BATCH)
    ids = list(db.session.scalars(some))
    _forget(room_id, ids)
    if not ids:
        db.session.execute(delete(SearchMark).where(SearchMark.room_id == room_id))
    return bool(ids)


def _mark(room_id: int) -> SearchMark | None:
    """Return the room's mark, locked, so that two workers do not read the same batch; none when the room is gone."""
    mark = db.session.get(SearchMark, room_id, with_for_update=True, populate_existing=True)
    if mark is None and db.session.get(Room, room_id) is not None:
        mark = SearchMark(room_id=room_id, last_seq=0, last_change=0)
        db.session.add(mark)
        db.session.flush()
    return mark


def _new(mark: SearchMark) -> list[Message]:
    posted = (Message.room_id == mark.room_id, Message.note == 0, Message.seq > mark.last_seq)
    return list(db.session.scalars(select(Message).where(*posted).order_by(Message.seq).limit(BATCH)))


def _changed(mark: SearchMark) -> list[Message]:
    since = (Message.room_id == mark.room_id, Message.change_no > mark.last_change)
    statement = select(Message).where(*since).order_by(Message.change_no).limit(BATCH)
    return list(db.session.scalars(statement))


def _rows(message: Message) -> list[dict]:
    """Return a message's words; notes of the system and what was deleted have none."""
    if message.kind is not MessageKind.MESSAGE or message.deleted_at is not None or not message.body:
        return []
    place = {"room_id": message.room_id, "message_id": message.id, "seq": message.seq}
    return [{"word": word, **place} for word in sorted(words.distinct_words(message.body))]


def _forget(room_id: int, ids: list[int]) -> None:
    if not ids:
        return
    statement = delete(MessageWord).where(MessageWord.room_id == room_id, MessageWord.message_id.in_(ids))
    db.session.execute(statement, execution_options={"synchronize_session": False})
