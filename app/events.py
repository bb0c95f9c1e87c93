"""Events of committed transactions. Listeners are called after the commit, never before."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

log = structlog.get_logger()

_listeners: dict[type, list[Callable]] = defaultdict(list)


def listen(*kinds: type):
    """Register the decorated function for events of these kinds."""

    def register(listener):
        for kind in kinds:
            _listeners[kind].append(listener)
        return listener

    return register


def dispatch(events: Iterable) -> None:
    """Call the listeners of each event. The error of a listener is logged and changes nothing else."""
    for event in events:
        for listener in _listeners[type(event)]:
            try:
                listener(event)
            except Exception:
                log.exception("listener failed", listener=listener.__qualname__, fact=type(event).__name__)


@dataclass(frozen=True)
class MessagePosted:
    """A new message, with everything its broadcast shows, so that broadcasting needs no query.

    epoch: of access, when the author's right was checked. folder_id: the folder whose rights the room inherits, None if
    it has its own list.
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
    """A message that was edited or deleted, or a new system note. epoch: as for MessagePosted."""

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
    """A room that is shown again in the lists of people who had hidden it."""

    room_id: int
    account_ids: tuple[int, ...]


@dataclass(frozen=True)
class AccessChanged:
    """A change of rights. The rows of access_changes up to this epoch say whose."""

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
    """A room that was created, or whose name, topic or state changed."""

    room_id: int
    folder_id: int | None
