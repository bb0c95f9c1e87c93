"""Names of the channels that Socket.IO carries. A channel is a Socket.IO room; the product's rooms are rooms."""

from app.extensions import socketio

LANGUAGES = ("fr", "en")


def account(account_id: int) -> str:
    """Every socket of one person."""
    return f"account:{account_id}"


def session(session_id: int) -> str:
    """The sockets of one signed-in device."""
    return f"session:{session_id}"


def room(room_id: int, language: str, *, is_guest: bool = False) -> str:
    """Who has the room open and reads this language; guests apart, since they may be shown less."""
    return f"room:{room_id}:{language}:guests" if is_guest else f"room:{room_id}:{language}"


def room_for_all(room_id: int, language: str) -> list[str]:
    """Who has the room open and reads this language, guests or not."""
    return [room(room_id, language), room(room_id, language, is_guest=True)]


def guests_seeing_people(room_id: int) -> str:
    """The guests who have the room open and may see who is in it."""
    return f"room:{room_id}:people"


def room_people(room_id: int) -> list[str]:
    """Who has the room open and may see who is in it, whatever they read."""
    return [*(room(room_id, language) for language in LANGUAGES), guests_seeing_people(room_id)]


def folder(folder_id: int) -> str:
    """Who sees the rooms that inherit this TeamChat folder's rights: they hear of unread messages."""
    return f"folder:{folder_id}"


def watch(room_id: int) -> str:
    """Who sees this room for another reason than its folder: private and direct rooms, own lists, guests."""
    return f"watch:{room_id}"


EVERYBODY = "everybody"
"""Every socket that is connected."""


def emit(event: str, data: dict, to: str | list[str], *, epoch: int | None = None) -> None:
    """Send an event to channels, in every process.

    epoch: of access, when what is told was allowed. A process that has not yet applied a change of access up to there
    does so before it delivers, so that nobody hears what was said after they lost the right to.
    """
    server = socketio.server
    if server is not None:
        server.manager.emit(event, data, namespace="/", room=to, epoch=epoch)
