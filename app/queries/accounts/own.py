"""Data that the server keeps about a person, for that person."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.extensions import db
from app.integrations import vcard
from app.models import Account, ContactCard, Message, MessageKind, Picture, Room, RoomMember
from app.queries.sessions import devices
from app.rules import rooms as room_rules
from app.rules.accounts.cards import LENGTHS
from app.rules.rights import access

# Messages read at once for the export.
BATCH = 500


@dataclass(frozen=True)
class Counts:
    """Numbers of a person's messages and rooms."""

    messages: int
    rooms: int


def own_counts(account: Account) -> Counts:
    """Count a person's messages and the rooms they see now."""
    own_messages = (
        Message.author_id == account.id,
        Message.kind == MessageKind.MESSAGE,
        Message.deleted_at.is_(None),
    )
    message_count = db.session.scalar(select(func.count()).select_from(Message).where(*own_messages))
    return Counts(message_count or 0, len(access.visible_rooms(account)))


def picture(token: str) -> bytes | None:
    """Return the picture that bears a token."""
    return db.session.scalar(select(Picture.content).where(Picture.token == token))


def personal_data(account: Account) -> dict:
    """Return what is kept about a person as plain values; times are ISO 8601 in UTC."""
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
        "rooms": [_room(room_access) for room_access in access.visible_rooms(account)],
    }


def messages_of(account: Account) -> Iterator[dict]:
    """Yield a person's messages in the rooms they still see, the oldest first, in batches."""
    rooms = {room_access.room.id: room_access.room.name for room_access in access.visible_rooms(account)}
    least = room_rules.history_starts(account, list(rooms))
    after = 0
    while True:
        batch = _batch(account, after)
        for message in batch:
            if message.room_id in rooms and message.seq > least.get(message.room_id, 0):
                yield _message(message, rooms[message.room_id])
        if len(batch) < BATCH:
            return
        after = batch[-1].id


def _batch(account: Account, after: int) -> list:
    columns = (Message.id, Message.room_id, Message.seq, Message.body, Message.created_at, Message.edited_at)
    own_messages = (
        Message.author_id == account.id,
        Message.kind == MessageKind.MESSAGE,
        Message.deleted_at.is_(None),
    )
    statement = select(*columns).where(*own_messages, Message.id > after).order_by(Message.id).limit(BATCH)
    return list(db.session.execute(statement))


def _message(message: Any, room_name: str) -> dict:
    return {
        "room": room_name,
        "room_id": message.room_id,
        "seq": message.seq,
        "at": message.created_at.isoformat(),
        "edited_at": message.edited_at.isoformat() if message.edited_at else None,
        "text": message.body,
    }


def _room(room_access: access.RoomAccess) -> dict:
    joined: RoomMember | None = room_access.member
    room: Room = room_access.room
    return {
        "id": room.id,
        "name": room.name,
        "kind": room.kind.value,
        "group": room.group.name if room.group else None,
        "is_favourite": bool(joined and joined.is_favourite),
    }


def card_of(account: Account) -> ContactCard | None:
    """Return an account's card, if anything was ever written on one."""
    return db.session.get(ContactCard, account.id, populate_existing=True)


def facts_of(card: ContactCard | None) -> dict[str, str | None]:
    """Return every field of a card, those of none as well."""
    return {name: getattr(card, name, None) for name in LENGTHS}


def version_of(card: ContactCard | None) -> int:
    """Return the row version that a form remembers; 0 for a card that is not there."""
    return card.row_version if card is not None else 0


def vcard_of(account: Account) -> str:
    """Return an account's card as a file for address books."""
    return vcard.write(facts_of(card_of(account)), name=account.name, address=account.address)
