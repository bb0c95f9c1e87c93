"""Who is writing. Not stored; told at most twice a second and room."""

import time

from app import channels
from app.background import is_cooperative, later
from app.realtime import hub, presence
from app.realtime.handlers import number, on
from app.rules.rights import Right

LASTS = 6.0
"""Seconds after which somebody who has fallen silent no longer counts as writing."""
EVERY = 0.5

_writing: dict[int, dict[int, tuple[dict, float]]] = {}
_due: set[int] = set()
_ending: set[int] = set()


@on("typing:start")
def start_typing(client: hub.Client, payload: dict) -> None:
    """Say that one is writing; ignored where one may not post."""
    room_id = number(payload, "room_id")
    opened = client.rooms.get(room_id)
    if opened is None or not opened.rights & Right.ITEMS_WRITE:
        return
    person = {"id": client.account_id, "name": client.account.name, "is_guest": client.account.is_guest}
    _writing.setdefault(room_id, {})[client.account_id] = (person, time.monotonic() + LASTS)
    _tell_soon(room_id)


@on("typing:stop")
def stop_typing(client: hub.Client, payload: dict) -> None:
    """Say that one has stopped writing."""
    stop(client, number(payload, "room_id"))


def stop(client: hub.Client, room_id: int) -> None:
    """Somebody has stopped writing in a room."""
    if _writing.get(room_id, {}).pop(client.account_id, None) is not None:
        _tell_soon(room_id)


def forget(client: hub.Client) -> None:
    """Somebody has gone."""
    for room_id in client.rooms:
        stop(client, room_id)


def writers(room_id: int) -> dict[int, dict]:
    """Those who are writing in a room, {id, name, is_guest} by account, in this process."""
    known = _writing.get(room_id, {})
    now = time.monotonic()
    for account_id in [key for key, (_person, until) in known.items() if until < now]:
        del known[account_id]
    return {account_id: person for account_id, (person, _until) in known.items()}


def _tell_soon(room_id: int) -> None:
    if room_id not in _due:
        _due.add(room_id)
        later(EVERY / 2, _tell, room_id)


def _look_again(room_id: int) -> None:
    """Whoever falls silent without a word, a closed lid say, is taken back once their time is over."""
    if room_id not in _ending and is_cooperative():
        _ending.add(room_id)
        later(LASTS, _end, room_id)


def _end(room_id: int) -> None:
    _ending.discard(room_id)
    _tell_soon(room_id)


def _tell(room_id: int) -> None:
    _due.discard(room_id)
    people = list(writers(room_id).values())
    if people:
        _look_again(room_id)
    else:
        _writing.pop(room_id, None)
    channels.emit(
        "typing",
        {"room_id": room_id, "from": presence.HERE, "people": people},
        channels.room_people(room_id),
    )
    presence.changed(room_id)
