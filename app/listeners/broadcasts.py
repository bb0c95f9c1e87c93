"""What open clients are told of. Everything here is a hint: the page and the history hold the truth."""

from dataclasses import dataclass

from flask import Flask
from markupsafe import Markup

from app import channels
from app.background import SerialQueue, call_later
from app.events import MessageChanged, MessagePosted, RoomBroughtBack, RoomChanged, RoomRead, listen
from app.extensions import db
from app.i18n import in_language
from app.models import Room
from app.queries import guest_view, messages
from app.queries.messages import MessageView

UNREAD_INTERVAL = 2.0
"""Seconds between two hints of unread messages for one room."""

_queue = SerialQueue("broadcasts")
_unread: dict[int, dict] = {}
_app: Flask | None = None


def init_app(app: Flask) -> None:
    """Remember the application whose templates broadcasts are made with."""
    global _app
    _app = app


@listen(MessagePosted)
def broadcast_posted(fact: MessagePosted) -> None:
    """Show a new message to those who have the room open, hint at it to those who see the room."""
    _queue.put(_show_posted, fact)


@listen(MessageChanged)
def broadcast_changed(fact: MessageChanged) -> None:
    """Show an edited or deleted message again."""
    _queue.put(_show_changed, fact)


@listen(RoomRead)
def broadcast_read(fact: RoomRead) -> None:
    """Take the badge off on the person's other devices."""
    told = {"room_id": fact.room_id, "seq": fact.seq, "unread": fact.unread}
    _queue.put(channels.emit, "room:read", told, channels.account(fact.account_id))


@listen(RoomBroughtBack)
def broadcast_brought_back(fact: RoomBroughtBack) -> None:
    """Have the list of rooms looked at again by those who had hidden this one."""
    to = [channels.account(account_id) for account_id in fact.account_ids]
    _queue.put(channels.emit, "rooms:changed", {"room_id": fact.room_id}, to)


@listen(RoomChanged)
def broadcast_room_changed(fact: RoomChanged) -> None:
    """Have the list of rooms looked at again by those who see this one."""
    _queue.put(
        channels.emit, "rooms:changed", {"room_id": fact.room_id}, _who_see(fact.room_id, fact.folder_id)
    )


def _show_posted(fact: MessagePosted) -> None:
    """Whoever has just posted is in the room, and so are those they could name: guests are shown the same."""
    told = {"room_id": fact.room_id, "seq": fact.seq, "client_id": fact.client_id}
    for language, html in rendered(_view_of(fact)).items():
        to = channels.room_for_all(fact.room_id, language)
        channels.emit("message:posted", {**told, "html": html}, to, epoch=fact.epoch)
    for account_id in fact.mentioned_ids:
        channels.emit("mention", {"room_id": fact.room_id, "seq": fact.seq}, channels.account(account_id))
    _hint_unread(fact)


def _show_changed(fact: MessageChanged) -> None:
    with _app.app_context():
        view = messages.one(fact.room_id, fact.message_id)
        guests = _guests_see(view) if view is not None else None
    if view is None:
        return
    told = {"room_id": fact.room_id, "message_id": fact.message_id, "change": fact.change_no}
    for language, html in rendered(view).items():
        to = channels.room(fact.room_id, language)
        channels.emit("message:changed", {**told, "html": html}, to, epoch=fact.epoch)
    if guests is not None:
        _show_changed_to_guests(fact, told, view, guests)


@dataclass(frozen=True)
class _Guests:
    """What the guests of a room may see of a message: whom not, and whether everybody of them may see it at all."""

    hidden: frozenset[int]
    floor: int
    last_seq: int


def _guests_see(view: MessageView) -> _Guests | None:
    """None where no guest is in the room: nothing is rendered for them then."""
    if not guest_view.has_guests(view.room_id):
        return None
    room = db.session.get(Room, view.room_id)
    return _Guests(guest_view.outsiders(room, [view]), guest_view.latest_floor(room), room.last_seq)


def _show_changed_to_guests(fact: MessageChanged, told: dict, view: MessageView, guests: _Guests) -> None:
    """Where not every guest may see the message, all of them are told to look, and each is shown what they may see."""
    if view.seq <= guests.floor:
        behind = {"room_id": fact.room_id, "seq": guests.last_seq, "change": fact.change_no}
        for language in channels.LANGUAGES:
            to = channels.room(fact.room_id, language, is_guest=True)
            channels.emit("room:behind", behind, to, epoch=fact.epoch)
        return
    for language, html in rendered(view, lambda one: guest_view.for_guest(one, guests.hidden)).items():
        to = channels.room(fact.room_id, language, is_guest=True)
        channels.emit("message:changed", {**told, "html": html}, to, epoch=fact.epoch)


def rendered(view: MessageView, shown=lambda view: view) -> dict[str, str]:
    """The message's partial in each language. shown: makes of the message what its readers may see of it."""
    template = _app.jinja_env.get_template("chat/message.html")
    made = {}
    with _app.app_context():
        for language in channels.LANGUAGES:
            with in_language(language):
                made[language] = template.render(message=shown(view))
    return made


def _view_of(fact: MessagePosted) -> MessageView:
    return MessageView(
        id=fact.message_id,
        room_id=fact.room_id,
        seq=fact.seq,
        note=0,
        change_no=0,
        kind="message",
        author_id=fact.author_id,
        author_name=fact.author_name,
        is_guest=fact.author_is_guest,
        client_id=fact.client_id,
        created_at=fact.created_at,
        edited_at=None,
        deleted_at=None,
        html=Markup(fact.html),
        author_picture=fact.author_picture,
    )


def _hint_unread(fact: MessagePosted) -> None:
    """The first hint leaves at once, then at most one every two seconds with the newest place."""
    waiting = _unread.get(fact.room_id)
    if waiting is not None:
        waiting["fact"] = fact
        return
    _unread[fact.room_id] = {"fact": None}
    call_later(UNREAD_INTERVAL, _flush_unread, fact.room_id)
    _send_unread(fact)


def _flush_unread(room_id: int) -> None:
    waiting = _unread.pop(room_id, None)
    if waiting and waiting["fact"]:
        _hint_unread(waiting["fact"])


def _send_unread(fact: MessagePosted) -> None:
    to = _who_see(fact.room_id, fact.folder_id)
    channels.emit("room:unread", {"room_id": fact.room_id, "seq": fact.seq}, to, epoch=fact.epoch)


def _who_see(room_id: int, folder_id: int | None) -> list[str]:
    """The channels of those who see a room. folder_id: of the list that it inherits, None for its own."""
    return [channels.watch(room_id), *([channels.folder(folder_id)] if folder_id is not None else [])]
