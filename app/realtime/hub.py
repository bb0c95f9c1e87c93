"""Sockets of this process: whose they are, and which rooms they have open."""

import os
import secrets
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from app.identity import Origin
from app.limits import Bucket
from app.models import Account
from app.rules.rights import Right

# Names this process among those that share a database and a Redis.
PROCESS_ID = f"{os.getpid()}-{secrets.token_hex(4)}"


class Head(NamedTuple):
    """The numbers of a room's newest message and newest change."""

    seq: int
    change: int

    def merged(self, other: "Head") -> "Head":
        """Return the newer of each number."""
        return Head(max(self.seq, other.seq), max(self.change, other.change))

    def is_ahead_of(self, other: "Head") -> bool:
        """Return whether either number is newer than the other head's."""
        return self.seq > other.seq or self.change > other.change


@dataclass
class OpenRoom:
    """A room on a screen: whether its window is in front, and what the person may do and see there."""

    is_visible: bool
    rights: Right
    sees_people: bool = True


@dataclass(eq=False)
class Client:
    """One socket. account is as it was when last read; rooms are those it has open."""

    sid: str
    account: Account
    session_id: int
    language: str
    origin: Origin
    event_budget: Bucket
    rooms: dict[int, OpenRoom] = field(default_factory=dict)
    watched: set[str] = field(default_factory=set)
    account_id: int = field(init=False)

    def __post_init__(self):
        # Kept beside the account: it never changes, and is read for everybody in a room.
        self.account_id = self.account.id


clients: dict[str, Client] = {}
by_account: dict[int, set[str]] = defaultdict(set)
by_room: dict[int, set[str]] = defaultdict(set)
# The head of each open room that this process has delivered, or that its first reader had when they opened it.
delivered: dict[int, Head] = {}
# The most sockets that this process has had at once.
peak = 0


def add(client: Client) -> None:
    """Add a socket that was connected."""
    global peak  # noqa: PLW0603
    clients[client.sid] = client
    by_account[client.account_id].add(client.sid)
    peak = max(peak, len(clients))


def remove(sid: str) -> Client | None:
    """Remove a socket that was disconnected. Returns its client, None if it was not known."""
    client = clients.pop(sid, None)
    if client is None:
        return None
    _discard(by_account, client.account_id, sid)
    for room_id in client.rooms:
        _forget_room(room_id, sid)
    return client


def enter(client: Client, room_id: int, opened: OpenRoom) -> None:
    """Note that a socket has a room open, unless it was disconnected meanwhile."""
    if client.sid not in clients:
        return
    client.rooms[room_id] = opened
    by_room[room_id].add(client.sid)


def leave(client: Client, room_id: int) -> None:
    """Note that a socket has closed a room."""
    client.rooms.pop(room_id, None)
    _forget_room(room_id, client.sid)


def in_room(room_id: int) -> list[Client]:
    """Return the sockets that have a room open."""
    return [clients[sid] for sid in by_room.get(room_id, ())]


def of_account(account_id: int) -> list[Client]:
    """Return a person's sockets."""
    return [clients[sid] for sid in by_account.get(account_id, ())]


def _forget_room(room_id: int, sid: str) -> None:
    _discard(by_room, room_id, sid)
    if room_id not in by_room:
        delivered.pop(room_id, None)


def _discard(index: dict[int, set[str]], key: int, sid: str) -> None:
    if key in index:
        index[key].discard(sid)
        if not index[key]:
            del index[key]
