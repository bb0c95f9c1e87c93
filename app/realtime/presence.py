"""People who have a room open, and whether they look at it. Each process knows its own sockets; Redis joins them.

Without Redis people see those of their own process; nothing else depends on it.
"""

import json
import random
import time

import redis
import structlog

from app import channels
from app.background import call_later, is_cooperative
from app.realtime import hub, writers

log = structlog.get_logger()

# Seconds between two times that a room is told who is in it; more where more than FEW have it open.
EVERY = 0.4
FEW = 50
# People that a room is told of by name; of the others it learns their number.
SHOWN = 100
NOBODY = {"people": [], "present": 0}
# Seconds for which a Redis that did not answer is left alone.
RETRY = 2.0
# Seconds after which what another process has said no longer counts.
FRESH = 45
RANK = {"writing": 0, "watching": 1, "background": 2}

_due: set[int] = set()
_told: dict[int, dict] = {}
_others: dict[int, list[dict]] = {}
_store: redis.Redis | None = None
_silent_until = 0.0


def bind(url: str) -> None:
    """Use a Redis for what processes tell each other."""
    global _store  # noqa: PLW0603
    patience = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "retry": None}
    _store = redis.Redis.from_url(url, **patience) if url else None


def changed(room_id: int) -> None:
    """Tell a room soon who is in it, once for all that changes meanwhile."""
    if room_id not in _due and is_cooperative():
        _due.add(room_id)
        crowding = max(1, len(hub.by_room.get(room_id, ())) / FEW)
        call_later(EVERY * crowding * random.uniform(0.5, 1), _tell, room_id)


def present(room_id: int) -> dict:
    """Return who has a room open: {people: the first SHOWN, present: how many}."""
    # Large rooms return the value told last: counting everybody at every arrival is quadratic.
    if room_id in _told and len(hub.by_room.get(room_id, ())) > FEW:
        return _told[room_id]
    return _counted(room_id)


def _counted(room_id: int) -> dict:
    everybody = _people(room_id)
    return {"people": everybody[:SHOWN], "present": len(everybody)}


def _people(room_id: int) -> list[dict]:
    """Return who has a room open, each person once: {id, name, is_guest, state}, those who look at it first."""
    best: dict[int, dict] = {}
    for person in _own(room_id) + _others.get(room_id, []):
        shown = best.get(person["id"])
        if shown is None or RANK[person["state"]] < RANK[shown["state"]]:
            best[person["id"]] = person
    return sorted(best.values(), key=lambda person: (RANK[person["state"]], person["name"].lower()))


def refresh() -> None:
    """Repeat what this process knows, before the others forget it."""
    for room_id in list(hub.by_room):
        _exchange(room_id)


def _own(room_id: int) -> list[dict]:
    writing = writers.in_room(room_id)
    people: dict[int, dict] = {}
    for client in hub.in_room(room_id):
        state = "watching" if client.rooms[room_id].is_visible else "background"
        if client.account_id in writing:
            state = "writing"
        shown = people.get(client.account_id)
        if shown is None or RANK[state] < RANK[shown["state"]]:
            people[client.account_id] = {
                "id": client.account_id,
                "name": client.account.name,
                "is_guest": client.account.is_guest,
                "state": state,
            }
    return list(people.values())


def _tell(room_id: int) -> None:
    _due.discard(room_id)
    _exchange(room_id)
    presence = _counted(room_id)
    if room_id in hub.by_room:
        _told[room_id] = presence
    else:
        _told.pop(room_id, None)
    channels.emit("presence", {"room_id": room_id, **presence}, channels.room_people(room_id))


def _exchange(room_id: int) -> None:
    """Store what this process knows of a room, and read what the others know."""
    global _silent_until  # noqa: PLW0603
    if _store is None or time.monotonic() < _silent_until:
        _others.pop(room_id, None)
        return
    key = f"teamchat:presence:{room_id}"
    word = json.dumps({"at": time.time(), "people": _own(room_id)})
    try:
        with _store.pipeline(transaction=False) as pipe:
            pipe.hset(key, hub.PROCESS_ID, word)
            pipe.expire(key, FRESH * 2)
            pipe.hgetall(key)
            words = pipe.execute()[-1]
    except redis.RedisError as error:
        _silent_until = time.monotonic() + RETRY
        _others.pop(room_id, None)
        log.debug("presence is not shared", error=str(error))
        return
    _others[room_id] = [person for name, text in words.items() for person in _fresh(name, text)]
    if not _others[room_id] or room_id not in hub.by_room:
        del _others[room_id]


def _fresh(name: bytes, text: bytes) -> list[dict]:
    word = json.loads(text)
    return word["people"] if name.decode() != hub.PROCESS_ID and time.time() - word["at"] < FRESH else []
