"""Broadcasts to open clients. They may get lost: pages and the history are authoritative."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask
from markupsafe import Markup

from app import channels
from app.background import SerialQueue, call_later
from app.events import MessageChanged, MessagePosted, RoomBroughtBack, RoomChanged, RoomRead, listen
from app.extensions import db
from app.i18n import in_every_language
from app.models import Room
from app.queries import messages
from app.queries.messages import MessageView

# Seconds between two broadcasts of unread messages for one room.
UNREAD_INTERVAL = 2.0

_queue = SerialQueue("broadcasts")

# By room: the newest message since the last broadcast of unread messages, which is sent when UNREAD_INTERVAL is over.
_unread: dict[int, MessagePosted | None] = {}
_app: Flask | None = None


def init_app(app: Flask) -> None:
    """Keep the application: broadcasts are rendered outside of its requests."""
    global _app  # noqa: PLW0603
    _app = app


@listen(MessagePosted)
def broadcast_posted(fact: MessagePosted) -> None:
    """Send a new message to clients that have the room open, and the unread state to all who see the room."""
    _queue.put(_send_posted, fact)


@listen(MessageChanged)
def broadcast_changed(fact: MessageChanged) -> None:
    """Send an edited or deleted message again."""
    _queue.put(_send_changed, fact)


@listen(RoomRead)
def broadcast_read(fact: RoomRead) -> None:
    """Update the unread count on the person's other devices."""
    data = {"room_id": fact.room_id, "seq": fact.seq, "unread": fact.unread}
    _queue.put(channels.emit, "room:read", data, channels.account(fact.account_id))


@listen(RoomBroughtBack)
def broadcast_brought_back(fact: RoomBroughtBack) -> None:
    """Make the clients of people who had hidden the room reload their list of rooms."""
    to = [channels.account(account_id) for account_id in fact.account_ids]
    _queue.put(channels.emit, "rooms:changed", {"room_id": fact.room_id}, to)


@listen(RoomChanged)
def broadcast_room_changed(fact: RoomChanged) -> None:
    """Make the clients of all who see the room reload their list of rooms."""
    to = _channels_of_room(fact.room_id, fact.folder_id)
    _queue.put(channels.emit, "rooms:changed", {"room_id": fact.room_id}, to)


def _send_posted(fact: MessagePosted) -> None:
    """Send a new message. Its author and the people mentioned are members, so guests get the same HTML."""
    html = rendered(_view_of(fact))
    data = {"room_id": fact.room_id, "seq": fact.seq, "client_id": fact.client_id, "html": html}
    channels.emit("message:posted", data, channels.room_for_all(fact.room_id), epoch=fact.epoch)
    for account_id in fact.mentioned_ids:
        channels.emit("mention", {"room_id": fact.room_id, "seq": fact.seq}, channels.account(account_id))
    _announce_unread(fact)


def _send_changed(fact: MessageChanged) -> None:
    with _application().app_context():
        view = messages.message_view(fact.room_id, fact.message_id)
        guests = _guest_visibility(view) if view is not None else None
    if view is None:
        return
    data = {"room_id": fact.room_id, "message_id": fact.message_id, "change": fact.change_no}
    to = channels.room(fact.room_id)
    channels.emit("message:changed", {**data, "html": rendered(view)}, to, epoch=fact.epoch)
    if guests is not None:
        _send_changed_to_guests(fact, data, view, guests)


@dataclass(frozen=True)
class _GuestVisibility:
    """The part of a message that guests may see: people hidden from them, and the seq after which all may see it."""

    hidden: frozenset[int]
    visible_after: int
    last_seq: int


def _guest_visibility(view: MessageView) -> _GuestVisibility | None:
    """Return the visibility for guests, None if no guest is in the room."""
    if not messages.has_guests(view.room_id):
        return None
    room = db.session.get_one(Room, view.room_id)
    return _GuestVisibility(
        messages.outsiders(room, [view]), messages.latest_history_start(room), room.last_seq
    )


def _send_changed_to_guests(
    fact: MessageChanged, data: dict, view: MessageView, guests: _GuestVisibility
) -> None:
    """Send a changed message to guests. If only some may see it, make all clients of guests fetch what they may see."""
    to = channels.room(fact.room_id, is_guest=True)
    if view.seq <= guests.visible_after:
        behind = {"room_id": fact.room_id, "seq": guests.last_seq, "change": fact.change_no}
        channels.emit("room:behind", behind, to, epoch=fact.epoch)
        return
    html = rendered(view, lambda message: messages.for_guest(message, guests.hidden))
    channels.emit("message:changed", {**data, "html": html}, to, epoch=fact.epoch)


def rendered(view: MessageView, shown: Callable[[MessageView], MessageView] = lambda view: view) -> str:
    """Return the HTML of a message, for readers of every language.

    shown: returns the message as its readers may see it.
    """
    app = _application()
    with app.app_context(), in_every_language():
        return app.jinja_env.get_template("chat/message.html").render(message=shown(view))


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


def _announce_unread(fact: MessagePosted) -> None:
    """Send the first message's unread state at once, then the newest one's every UNREAD_INTERVAL."""
    if fact.room_id in _unread:
        _unread[fact.room_id] = fact
        return
    _unread[fact.room_id] = None
    call_later(UNREAD_INTERVAL, _flush_unread, fact.room_id)
    _send_unread(fact)


def _flush_unread(room_id: int) -> None:
    newest = _unread.pop(room_id, None)
    if newest is not None:
        _announce_unread(newest)


def _send_unread(fact: MessagePosted) -> None:
    to = _channels_of_room(fact.room_id, fact.folder_id)
    channels.emit("room:unread", {"room_id": fact.room_id, "seq": fact.seq}, to, epoch=fact.epoch)


def _channels_of_room(room_id: int, folder_id: int | None) -> list[str]:
    """Return the channels of all who see a room. folder_id: of the rights it inherits, None for its own list."""
    return [channels.watch(room_id), *([channels.folder(folder_id)] if folder_id is not None else [])]


def _application() -> Flask:
    if _app is None:
        raise RuntimeError("broadcasts.init_app was not called")
    return _app
