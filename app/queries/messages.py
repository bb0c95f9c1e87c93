"""Pieces of a conversation, as the page and the broadcast show them."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import Row, and_, case, or_, select, true

from app.extensions import db
from app.models import Account, AccountState, Message, MessageKind
from app.queries import notes
from app.rules import names

# Messages fetched at once.
PAGE = 50


@dataclass(frozen=True)
class MessageView:
    """A message as its partial shows it: the same facts for every reader."""

    id: int
    room_id: int
    seq: int
    note: int
    change_no: int
    kind: str
    author_id: int
    author_name: str
    is_guest: bool
    client_id: str
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    html: Markup | None
    # What a note speaks of; nothing for what people write.
    said: str | None = None
    author_state: AccountState = AccountState.ENABLED
    # The token of the author's picture.
    author_picture: str | None = None
    # Whether a note names whom it speaks of.
    names_people: bool = True

    @property
    def author_label(self) -> str:
        """The author's name, in the reader's language: it says so when the account is deleted."""
        return names.shown_name(self.author_name, self.author_state, is_guest=self.is_guest)

    @property
    def words(self) -> str:
        """The sentence of a note, in the reader's language."""
        who = names.marked_name(self.author_label, self.author_state, is_guest=self.is_guest)
        return notes.words(self.said, who, names_people=self.names_people)


@dataclass(frozen=True)
class Slice:
    """Messages in order, and whether there are more on either side."""

    messages: list[MessageView]
    has_before: bool
    has_after: bool


def latest(room_id: int, limit: int = PAGE, *, floor: int = 0) -> Slice:
    """Return the newest messages of a room.

    floor: the seq behind which the reader's conversation begins, here and below.
    """
    rows = _backwards(room_id, None, limit, floor)
    return Slice(rows[-limit:], len(rows) > limit, False)


def before(room_id: int, seq: int, limit: int = PAGE, *, floor: int = 0) -> Slice:
    """Return messages older than a place."""
    rows = _backwards(room_id, seq, limit, floor)
    return Slice(rows[-limit:], len(rows) > limit, True)


def after(room_id: int, seq: int, limit: int = PAGE, *, floor: int = 0) -> Slice:
    """Return messages newer than a place."""
    newer = or_(Message.seq > seq, and_(Message.seq == seq, Message.note > 0))
    rows = _page(room_id, newer, (Message.seq, Message.note), limit, floor)
    return Slice(rows[:limit], True, len(rows) > limit)


def around(room_id: int, seq: int, limit: int = PAGE, *, floor: int = 0) -> Slice:
    """Return a place, and half a page to each side of it."""
    older = before(room_id, seq, limit // 2, floor=floor)
    newer = after(room_id, seq - 1, limit // 2, floor=floor)
    older_ids = {message.id for message in older.messages}
    fresh = [message for message in newer.messages if message.id not in older_ids]
    return Slice(older.messages + fresh, older.has_before, newer.has_after)


def changes(room_id: int, change_no: int, limit: int = PAGE, *, floor: int = 0) -> Slice:
    """Return messages edited or deleted, and notes written, since a change number, oldest change first."""
    rows = _page(room_id, Message.change_no > change_no, (Message.change_no,), limit, floor)
    return Slice(rows[:limit], True, len(rows) > limit)


def one(room_id: int, message_id: int, *, floor: int = 0) -> MessageView | None:
    """Return one message of a room."""
    views = _views(_messages(room_id).where(Message.id == message_id, _behind(floor)))
    return views[0] if views else None


def source(room_id: int, message_id: int) -> str | None:
    """Return the text that the author typed, for editing."""
    conditions = (Message.room_id == room_id, Message.id == message_id, Message.kind == MessageKind.MESSAGE)
    return db.session.scalar(select(Message.body).where(*conditions))


def _backwards(room_id: int, seq: int | None, limit: int, floor: int) -> list[MessageView]:
    older = true() if seq is None else Message.seq < seq
    return _page(room_id, older, (Message.seq.desc(), Message.note.desc()), limit, floor)[::-1]


def _behind(floor: int):
    """Return the condition for a floor. Notes at the floor itself precede the reader's entry."""
    return Message.seq > floor if floor else true()


def _page(room_id: int, condition, order, limit: int, floor: int) -> list[MessageView]:
    """Return the first of a room in this order, one more than asked for, to know whether there are more.

    The keys are found by an index alone: asked for whole rows, MariaDB walks to the place from the room's
    end.
    """
    keys = select(Message.id).where(Message.room_id == room_id, condition, _behind(floor))
    keys = keys.order_by(*order).limit(limit + 1)
    keys = keys.subquery("page")
    return _views(_messages(room_id).join(keys, keys.c.id == Message.id).order_by(*order))


def _messages(room_id: int):
    return (
        select(
            Message.id,
            Message.room_id,
            Message.seq,
            Message.note,
            Message.change_no,
            Message.kind,
            Message.author_id,
            Account.name.label("author_name"),
            Account.is_guest,
            Account.state.label("author_state"),
            Account.picture.label("author_picture"),
            Message.client_id,
            Message.created_at,
            Message.edited_at,
            Message.deleted_at,
            Message.html,
            case((Message.kind == MessageKind.NOTE, Message.body)).label("said"),
        )
        .join(Account, Account.id == Message.author_id)
        .where(Message.room_id == room_id)
    )


def _views(statement) -> list[MessageView]:
    return [_view(row) for row in db.session.execute(statement)]


def _view(row: Row) -> MessageView:
    values = row._asdict()
    return MessageView(**{**values, "html": Markup(row.html) if row.html is not None else None})
