"""Typing notices. Not stored; a room is told at most twice a second."""

from app import channels
from app.background import call_later, is_cooperative
from app.realtime import hub, presence, writers
from app.realtime.handlers import number, on
from app.rules.rights import Right

# Seconds between two times that a room is told.
EVERY = 0.5

_due: set[int] = set()
_ending: set[int] = set()


@on("typing:start")
def start_typing(client: hub.Client, payload: dict) -> None:
    """Note that a person is writing; ignored where they may not post."""
    room_id = number(payload, "room_id")
    opened = client.rooms.get(room_id)
    if opened is None or not opened.rights & Right.ITEMS_WRITE:
        return
    person = {"id": client.account_id, "name": client.account.name, "is_guest": client.account.is_guest}
    writers.add(room_id, person)
    _tell_soon(room_id)


@on("typing:stop")
def stop_typing(client: hub.Client, payload: dict) -> None:
    """Note that a person has stopped writing."""
    stop(client, number(payload, "room_id"))


def stop(client: hub.Client, room_id: int) -> None:
    """Count a person as writing no longer in a room."""
    if writers.remove(room_id, client.account_id):
        _tell_soon(room_id)


def forget(client: hub.Client) -> None:
    """Count a person whose socket is gone as writing no longer."""
    for room_id in client.rooms:
        stop(client, room_id)


def _tell_soon(room_id: int) -> None:
    if room_id not in _due:
        _due.add(room_id)
        call_later(EVERY / 2, _tell, room_id)


def _look_again(room_id: int) -> None:
    """Tell the room again once the time of those who fell silent without a word is over."""
    if room_id not in _ending and is_cooperative():
        _ending.add(room_id)
        call_later(writers.LASTS, _end, room_id)


def _end(room_id: int) -> None:
    _ending.discard(room_id)
    _tell_soon(room_id)


def _tell(room_id: int) -> None:
    _due.discard(room_id)
    people = list(writers.in_room(room_id).values())
    if people:
        _look_again(room_id)
    channels.emit(
        "typing",
        {"room_id": room_id, "from": hub.PROCESS_ID, "people": people},
        channels.room_people(room_id),
    )
    presence.changed(room_id)
