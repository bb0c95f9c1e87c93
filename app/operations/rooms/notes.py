"""Notes of the system in a conversation: they take no number, they stand behind the message that was the last."""

import json
import uuid

from sqlalchemy import func, select

from app.events import MessageChanged
from app.extensions import db
from app.models import Message, MessageKind, Room
from app.operations.messages.places import next_change
from app.transaction import publish


def write_note(actor, room: Room, act: str, **about) -> None:
    """Leave a note: act is a word of queries/notes.py, about what it speaks of. The server itself leaves none."""
    if actor.id is None:
        return
    place = next_change(room.id)
    number = select(func.coalesce(func.max(Message.note), 0)).where(
        Message.room_id == room.id, Message.seq == place.seq
    )
    note = Message(
        room_id=room.id,
        seq=place.seq,
        note=db.session.scalar(number) + 1,
        change_no=place.change_no,
        kind=MessageKind.NOTE,
        author_id=actor.id,
        client_id=str(uuid.uuid4()),
        body=json.dumps({"act": act, **about}, ensure_ascii=False),
    )
    db.session.add(note)
    db.session.flush()
    publish(MessageChanged(room.id, note.id, note.change_no))
