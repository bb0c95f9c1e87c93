"""Names of Socket.IO channels. Socket.IO calls them rooms; in this application rooms are conversations."""

from app.extensions import socketio

# The channel of all connected sockets.
EVERYBODY = "everybody"


def account(account_id: int) -> str:
    """Return the channel of all sockets of one person."""
    return f"account:{account_id}"


def session(session_id: int) -> str:
    """Return the channel of the sockets of one session."""
    return f"session:{session_id}"


def room(room_id: int, *, is_guest: bool = False) -> str:
    """Return the channel of sockets that have the room open. Guests may see less and have another."""
    return f"room:{room_id}:guests" if is_guest else f"room:{room_id}"


def room_for_all(room_id: int) -> list[str]:
    """Return the channels of sockets that have the room open, guests included."""
    return [room(room_id), room(room_id, is_guest=True)]


def guests_seeing_people(room_id: int) -> str:
    """Return the channel of guests who have the room open and may see its members."""
    return f"room:{room_id}:people"


def room_people(room_id: int) -> list[str]:
    """Return the channels of sockets that have the room open and may see its members."""
    return [room(room_id), guests_seeing_people(room_id)]


def folder(folder_id: int) -> str:
    """Return the channel for unread messages in the rooms that inherit this TeamChat folder's rights."""
    return f"folder:{folder_id}"


def watch(room_id: int) -> str:
    """Return the channel for unread messages of people who see a room by other rights than its folder's.

    These are private and direct rooms, rooms with own lists, and guests.
    """
    return f"watch:{room_id}"


def emit(event: str, data: dict, to: str | list[str], *, epoch: int | None = None) -> None:
    """Send an event to channels, in every process.

    epoch: of access, when the right to receive the data was checked. A process that is behind applies changes of
    access up to this epoch before it delivers, so that nobody receives data after losing the right to it.
    """
    server = socketio.server
    if server is not None:
        server.manager.emit(event, data, namespace="/", room=to, epoch=epoch)
