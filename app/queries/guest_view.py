"""Conversations as guests read them: people who have left the room are former participants, without name or id."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import exists, func, select

from app.extensions import db
from app.models import Account, AccountState, Message, Room, RoomMember
from app.queries.messages import MessageView, Slice
from app.rules.rights.audience import people_of

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
    """Return a message without those who are hidden, in the language in force now."""
    view = replace(view, names_people=False)
    if view.html is not None and hidden:
        view = replace(view, html=Markup(_without(str(view.html), hidden)))
    if view.author_id not in hidden:
        return view
    return replace(
        view,
        author_id=0,
        author_name=_("Former participant"),
        author_state=AccountState.ENABLED,
        is_guest=False,
        author_picture=None,
        client_id="",
    )


@dataclass(frozen=True)
class Text:
    """A message as a reader may search it: as typed, without hidden names."""

    body: str
    hides_author: bool = False


def texts_for(reader: Account, messages_with_rooms: list[tuple[Message, Room]]) -> dict[int, Text]:
    """Return what a reader may search of these messages, by id.

    One statement per room for guests, none for others.
    """
    if not reader.is_guest:
        return {message.id: Text(message.body or "") for message, _room in messages_with_rooms}
    texts = {}
    for room in {room.id: room for _message, room in messages_with_rooms}.values():
        messages = [message for message, message_room in messages_with_rooms if message_room.id == room.id]
        hidden = outsiders(room, messages)
        for message in messages:
            body = _plain(message.body or "", message.html, hidden)
            texts[message.id] = Text(body, message.author_id in hidden)
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


def latest_floor(room: Room) -> int:
    """Return the place behind which every guest of a room reads; 0 where they read from the beginning."""
    if room.guests_see_history:
        return 0
    statement = (
        select(func.max(RoomMember.joined_seq))
        .join(Account, Account.id == RoomMember.account_id)
        .where(RoomMember.room_id == room.id, RoomMember.is_member, Account.is_guest)
    )
    return db.session.scalar(statement) or 0


def _named(html) -> list[int]:
    return [int(account_id) for account_id, _name in MENTION.findall(html or "")]


def _inside(room: Room, ids: set[int]) -> set[int]:
    return set(db.session.scalars(people_of(room).with_only_columns(Account.id).where(Account.id.in_(ids))))


def _without(html: str, hidden: frozenset[int]) -> str:
    def shown(match: re.Match) -> str:
        if int(match.group(1)) not in hidden:
            return match.group(0)
        return f'<span class="mention">@{_("Former participant")}</span>'

    return MENTION.sub(shown, html)
