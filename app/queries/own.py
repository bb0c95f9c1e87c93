"""What the server keeps about a person, for that person."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select

from app.extensions import db
from app.models import Account, Message, MessageKind, Picture, Room, RoomMember
from app.queries.sessions import devices
from app.rules import history
from app.rules.rights import access

BATCH = 500
"""Messages read at once for the export."""


@dataclass(frozen=True)
class Counts:
    """How much there is: messages one has written, rooms one sees."""

    messages: int
    rooms: int


def counts(account: Account) -> Counts:
    """How much there is of a person. The rooms are those they see now."""
    mine = (
        Message.author_id == account.id,
        Message.kind == MessageKind.MESSAGE,
        Message.deleted_at.is_(None),
    )
    said = db.session.scalar(select(func.count()).select_from(Message).where(*mine))
    return Counts(said, len(access.visible_rooms(account)))


def picture(token: str) -> bytes | None:
    """The picture that bears a token."""
    return db.session.scalar(select(Picture.content).where(Picture.token == token))


def about(account: Account) -> dict:
    """What is kept about a person, as plain values; times are ISO 8601 in UTC."""
    return {
        "account": {
            "name": account.name,
            "address": account.address,
            "is_guest": account.is_guest,
            "language": account.language,
            "time_zone": account.time_zone,
            "created_at": account.created_at.isoformat(),
            "last_sign_in_at": account.last_sign_in_at.isoformat() if account.last_sign_in_at else None,
            "last_sign_in_ip": account.last_sign_in_ip,
        },
        "sessions": [
            {
                "browser": device.browser,
                "system": device.system,
                "ip": device.ip,
                "since_at": device.since_at.isoformat(),
                "last_seen_at": device.last_seen_at.isoformat(),
            }
            for device in devices(account)
        ],
        "rooms": [_room(seen) for seen in access.visible_rooms(account)],
    }


def said_by(account: Account) -> Iterator[dict]:
    """What a person has written, the oldest first, in the rooms they still see; batch after batch."""
    rooms = {seen.room.id: seen.room.name for seen in access.visible_rooms(account)}
    least = history.floors(account, list(rooms))
    after = 0
    while True:
        found = _batch(account, after)
        for message in found:
            if message.room_id in rooms and message.seq > least.get(message.room_id, 0):
                yield _message(message, rooms[message.room_id])
        if len(found) < BATCH:
            return
        after = found[-1].id


def _batch(account: Account, after: int) -> list:
    columns = (Message.id, Message.room_id, Message.seq, Message.body, Message.created_at, Message.edited_at)
    mine = (
        Message.author_id == account.id,
        Message.kind == MessageKind.MESSAGE,
        Message.deleted_at.is_(None),
    )
    statement = select(*columns).where(*mine, Message.id > after).order_by(Message.id).limit(BATCH)
    return list(db.session.execute(statement))


def _message(message, room_name: str) -> dict:
    return {
        "room": room_name,
        "room_id": message.room_id,
        "seq": message.seq,
        "at": message.created_at.isoformat(),
        "edited_at": message.edited_at.isoformat() if message.edited_at else None,
        "text": message.body,
    }


def _room(seen: access.RoomAccess) -> dict:
    joined: RoomMember | None = seen.member
    room: Room = seen.room
    return {
        "id": room.id,
        "name": room.name,
        "kind": room.kind.value,
        "group": room.group.name if room.group else None,
        "is_favourite": bool(joined and joined.is_favourite),
    }
