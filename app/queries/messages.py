"""Pieces of a conversation, as the page and the broadcast show them."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select, true

from app.extensions import db
from app.i18n import readers_text
from app.models import Account, AccountState, Message, MessageKind, ReadMark, Room, RoomMember
from app.rules.accounts import names
from app.rules.rights.audience import people_of

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

    # Whether the reader may not know the author.
    hides_author: bool = False

    @property
    def author_label(self) -> str:
        """The author's name, in the reader's language: it says so when the account is deleted."""
        is_plain = self.author_state is not AccountState.DELETED and not self.hides_author
        return self.author_name if is_plain else readers_text(self._author_label)

    @property
    def words(self) -> str:
        """The sentence of a note, in the reader's language."""
        return readers_text(self._words)

    @property
    def guest_label(self) -> str:
        """The word beside a guest's name, in the reader's language."""
        return readers_text(lambda: _("guest"))

    @property
    def edited_label(self) -> str:
        """The word below an edited message, in the reader's language."""
        return readers_text(lambda: _("edited"))

    @property
    def deleted_label(self) -> str:
        """The line in place of a deleted message, in the reader's language."""
        return readers_text(lambda: _("Message deleted"))

    def _author_label(self) -> str:
        if self.hides_author:
            return _("Former participant")
        return names.shown_name(self.author_name, self.author_state, is_guest=self.is_guest)

    def _words(self) -> str:
        who = names.marked_name(self._author_label(), self.author_state, is_guest=self.is_guest)
        return note_text(self.said, who, names_people=self.names_people)


@dataclass(frozen=True)
class Slice:
    """Messages in order, and whether there are more on either side."""

    messages: list[MessageView]
    has_before: bool
    has_after: bool


def latest(room_id: int, limit: int = PAGE, *, history_start: int = 0) -> Slice:
    """Return the newest messages of a room.

    history_start: the seq behind which the reader's conversation begins, here and below.
    """
    rows = _backwards(room_id, None, limit, history_start)
    return Slice(rows[-limit:], len(rows) > limit, False)


def before(room_id: int, seq: int, limit: int = PAGE, *, history_start: int = 0) -> Slice:
    """Return messages older than a place."""
    rows = _backwards(room_id, seq, limit, history_start)
    return Slice(rows[-limit:], len(rows) > limit, True)


def after(room_id: int, seq: int, limit: int = PAGE, *, history_start: int = 0) -> Slice:
    """Return messages newer than a place."""
    newer = or_(Message.seq > seq, and_(Message.seq == seq, Message.note > 0))
    rows = _page(room_id, newer, (Message.seq, Message.note), limit, history_start)
    return Slice(rows[:limit], True, len(rows) > limit)


def around(room_id: int, seq: int, limit: int = PAGE, *, history_start: int = 0) -> Slice:
    """Return a place, and half a page to each side of it."""
    older = before(room_id, seq, limit // 2, history_start=history_start)
    newer = after(room_id, seq - 1, limit // 2, history_start=history_start)
    older_ids = {message.id for message in older.messages}
    fresh = [message for message in newer.messages if message.id not in older_ids]
    return Slice(older.messages + fresh, older.has_before, newer.has_after)


def changes(room_id: int, change_no: int, limit: int = PAGE, *, history_start: int = 0) -> Slice:
    """Return messages edited or deleted, and notes written, since a change number, oldest change first."""
    rows = _page(room_id, Message.change_no > change_no, (Message.change_no,), limit, history_start)
    return Slice(rows[:limit], True, len(rows) > limit)


def message_view(room_id: int, message_id: int, *, history_start: int = 0) -> MessageView | None:
    """Return one message of a room."""
    views = _views(_messages(room_id).where(Message.id == message_id, _behind(history_start)))
    return views[0] if views else None


def source(room_id: int, message_id: int) -> str | None:
    """Return the text that the author typed, for editing."""
    conditions = (Message.room_id == room_id, Message.id == message_id, Message.kind == MessageKind.MESSAGE)
    return db.session.scalar(select(Message.body).where(*conditions))


def _backwards(room_id: int, seq: int | None, limit: int, history_start: int) -> list[MessageView]:
    older = true() if seq is None else Message.seq < seq
    return _page(room_id, older, (Message.seq.desc(), Message.note.desc()), limit, history_start)[::-1]


def _behind(history_start: int) -> ColumnElement[bool]:
    """Return the condition for messages after a history start. Notes at the start precede the reader's entry."""
    return Message.seq > history_start if history_start else true()


def _page(room_id: int, condition: Any, order: Any, limit: int, history_start: int) -> list[MessageView]:
    """Return the first of a room in this order, one more than asked for, to know whether there are more.

    The keys are found by an index alone: asked for whole rows, MariaDB walks to the place from the room's
    end.
    """
    keys = select(Message.id).where(Message.room_id == room_id, condition, _behind(history_start))
    page = keys.order_by(*order).limit(limit + 1).subquery("page")
    return _views(_messages(room_id).join(page, page.c.id == Message.id).order_by(*order))


def _messages(room_id: int) -> Select:
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


def _views(statement: Select) -> list[MessageView]:
    return [_view(row) for row in db.session.execute(statement)]


def _view(row: Row) -> MessageView:
    values = row._asdict()
    return MessageView(**{**values, "html": Markup(row.html) if row.html is not None else None})


def note_text(note: str | None, author: str, *, names_people: bool = True) -> str:
    """Return the sentence of a note. said: its act and subject, as operations/rooms/notes.py stores them.

    names_people: False for guests, who read numbers instead: the people named may not be in the room.
    """
    about = json.loads(note) if note else {}
    act = about.pop("act", "")
    if not names_people and "people" in about:
        about["people"] = ngettext("one person", "%(num)s people", about.get("count", 1))
    sentence = SENTENCES.get(act)
    return sentence(author, about) if sentence else ""


# One sentence an act; the names are as they were when it happened.
SENTENCES = {
    "created": lambda who, _about: _("%(who)s has created the room", who=who),
    "renamed": lambda who, about: _(
        "%(who)s has renamed the room to “%(name)s”", who=who, name=about["name"]
    ),
    "topic": lambda who, about: (
        _("%(who)s has set the topic to “%(topic)s”", who=who, topic=about["topic"])
        if about.get("topic")
        else _("%(who)s has removed the topic", who=who)
    ),
    "archived": lambda who, _about: _("%(who)s has archived the room", who=who),
    "reopened": lambda who, _about: _("%(who)s has reopened the room", who=who),
    "added": lambda who, about: _("%(who)s has added %(people)s", who=who, people=about["people"]),
    "removed": lambda who, about: _("%(who)s has removed %(people)s", who=who, people=about["people"]),
    "left": lambda who, _about: _("%(who)s has left the room", who=who),
    "invited": lambda who, about: _("%(who)s has invited %(people)s", who=who, people=about["people"]),
    "joined": lambda who, _about: _("%(who)s has joined the room", who=who),
    "ended": lambda who, _about: _("The access of %(who)s has ended", who=who),
    "owner": lambda _who, about: _("%(people)s owns the room now", people=about["people"]),
}

# A mention as text.render writes it; nobody can type one, since HTML is shown as it was typed.
MENTION = re.compile(r'<span class="mention" data-account="(\d+)">(@[^<]*)</span>')


def piece_for(reader: Account, room: Room, piece: Slice) -> Slice:
    """Return a piece of a conversation as a reader sees it. One statement for guests, none for others."""
    if not reader.is_guest:
        return piece
    hidden = outsiders(room, piece.messages)
    return replace(piece, messages=[for_guest(view, hidden) for view in piece.messages])


def message_for(reader: Account, room: Room, view: MessageView) -> MessageView:
    """Return one message as a reader sees it."""
    return for_guest(view, outsiders(room, [view])) if reader.is_guest else view


def outsiders(room: Room, views: Iterable[MessageView | Message]) -> frozenset[int]:
    """Return the ids of authors and mentioned people who are not in the room now."""
    ids = {view.author_id for view in views} | {key for view in views for key in _named(view.html)}
    return frozenset(ids) - _inside(room, ids) if ids else frozenset()


def for_guest(view: MessageView, hidden: frozenset[int]) -> MessageView:
    """Return a message without those who are hidden."""
    view = replace(view, names_people=False)
    if view.html is not None and hidden:
        view = replace(view, html=Markup(_without(str(view.html), hidden)))
    if view.author_id not in hidden:
        return view
    return replace(
        view,
        author_id=0,
        author_name="?",
        hides_author=True,
        author_state=AccountState.ENABLED,
        is_guest=False,
        author_picture=None,
        client_id="",
    )


@dataclass(frozen=True)
class SearchableText:
    """A message as a reader may search it: as typed, without hidden names."""

    body: str
    hides_author: bool = False


def texts_for(reader: Account, messages_with_rooms: list[tuple[Message, Room]]) -> dict[int, SearchableText]:
    """Return what a reader may search of these messages, by id.

    One statement per room for guests, none for others.
    """
    if not reader.is_guest:
        return {message.id: SearchableText(message.body or "") for message, _room in messages_with_rooms}
    texts = {}
    for room in {room.id: room for _message, room in messages_with_rooms}.values():
        messages = [message for message, message_room in messages_with_rooms if message_room.id == room.id]
        hidden = outsiders(room, messages)
        for message in messages:
            body = _plain(message.body or "", message.html, hidden)
            texts[message.id] = SearchableText(body, message.author_id in hidden)
    return texts


def _plain(body: str, html: str | None, hidden: frozenset[int]) -> str:
    for account_id, name in MENTION.findall(html or ""):
        if int(account_id) in hidden:
            body = re.sub(re.escape(name), f"@{_('Former participant')}", body, flags=re.IGNORECASE)
    return body


def hides_somebody(view: MessageView) -> bool:
    """Return whether a message hides a person it names."""
    return '<span class="mention">' in str(view.html or "")


def has_guests(room_id: int) -> bool:
    """Return whether any guest is in a room."""
    inside = (RoomMember.room_id == room_id, RoomMember.is_member, Account.is_guest)
    statement = exists().where(RoomMember.account_id == Account.id, *inside)
    return db.session.scalar(select(statement)) is True


def latest_history_start(room: Room) -> int:
    """Return the place behind which every guest of a room reads; 0 where they read from the beginning."""
    if room.guests_see_history:
        return 0
    statement = (
        select(func.max(RoomMember.joined_seq))
        .join(Account, Account.id == RoomMember.account_id)
        .where(RoomMember.room_id == room.id, RoomMember.is_member, Account.is_guest)
    )
    return db.session.scalar(statement) or 0


def _named(html: str | None) -> list[int]:
    return [int(account_id) for account_id, _name in MENTION.findall(html or "")]


def _inside(room: Room, ids: set[int]) -> set[int]:
    return set(db.session.scalars(people_of(room).with_only_columns(Account.id).where(Account.id.in_(ids))))


def _without(html: str, hidden: frozenset[int]) -> str:
    def shown(match: re.Match) -> str:
        if int(match.group(1)) not in hidden:
            return match.group(0)
        return f'<span class="mention">@{readers_text(lambda: _("Former participant"))}</span>'

    return MENTION.sub(shown, html)


def last_read(account: Account, room_id: int) -> int | None:
    """Return the seq up to which a person has read a room, None before the first time."""
    statement = select(ReadMark.last_read_seq).where(
        ReadMark.account_id == account.id, ReadMark.room_id == room_id
    )
    return db.session.scalar(statement)
