"""Facts: what a committed transaction has made true. Listeners hear them after the commit, never before."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

log = structlog.get_logger()

_listeners: dict[type, list[Callable]] = defaultdict(list)


def listen(*kinds: type):
    """Have the decorated function called with every event of these kinds."""

    def register(listener):
        for kind in kinds:
            _listeners[kind].append(listener)
        return listener

    return register


def dispatch(events) -> None:
    """Tell the listeners. One that fails is logged and undoes nothing."""
    for event in events:
        for listener in _listeners[type(event)]:
            try:
                listener(event)
            except Exception:
                log.exception("listener failed", listener=listener.__qualname__, fact=type(event).__name__)


@dataclass(frozen=True)
class MessagePosted:
    """It carries all that its broadcast shows, so that telling it costs no statement.

    epoch: of access, when the right was asked. folder_id: of the list that the room inherits, None for its own.
    """

    room_id: int
    message_id: int
    seq: int
    epoch: int
    folder_id: int | None
    client_id: str
    author_id: int
    author_name: str
    author_is_guest: bool
    html: str
    created_at: datetime
    mentioned_ids: tuple[int, ...] = ()
    author_picture: str | None = None


@dataclass(frozen=True)
class MessageChanged:
    """A message was edited or deleted; a note of the system is told this way too. epoch: as for MessagePosted."""

    room_id: int
    message_id: int
    change_no: int
    epoch: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class RoomRead:
    account_id: int
    room_id: int
    seq: int
    unread: int


@dataclass(frozen=True)
class RoomBroughtBack:
    """A room that these people had hidden is in their lists again."""

    room_id: int
    account_ids: tuple[int, ...]


@dataclass(frozen=True)
class AccessChanged:
    """Who may what has changed; the rows of access_changes up to this epoch say for whom."""

    epoch: int


@dataclass(frozen=True)
class ServiceStateChanged:
    name: str
    is_running: bool


@dataclass(frozen=True)
class SessionRevoked:
    session_id: int


@dataclass(frozen=True)
class RoomChanged:
    """A room was made, or has another name, topic, state: those who see it look at their list again."""

    room_id: int
    folder_id: int | None
