"""People who are writing, by room, in this process. Not stored."""

import time

# Seconds after which somebody who has fallen silent no longer counts as writing.
LASTS = 6.0

_writing: dict[int, dict[int, tuple[dict, float]]] = {}


def add(room_id: int, person: dict) -> None:
    """Count a person, {id, name, is_guest}, as writing from now on."""
    _writing.setdefault(room_id, {})[person["id"]] = (person, time.monotonic() + LASTS)


def remove(room_id: int, account_id: int) -> bool:
    """Count a person as writing no longer. Returns whether they were."""
    return _writing.get(room_id, {}).pop(account_id, None) is not None


def in_room(room_id: int) -> dict[int, dict]:
    """Return those who are writing in a room, {id, name, is_guest} by account."""
    now = time.monotonic()
    current = {key: entry for key, entry in _writing.get(room_id, {}).items() if entry[1] >= now}
    if current:
        _writing[room_id] = current
    else:
        _writing.pop(room_id, None)
    return {account_id: person for account_id, (person, _until) in current.items()}
