"""Editing and deleting: the row stays, and the room's change number tells clients."""

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from app import text
from app.errors import Invalid, NotFound
from app.events import MessageChanged
from app.extensions import db
from app.models import Account, Mention, Message, MessageKind, MessageVersion, now
from app.operations.messages.content import checked_body, insert_mentions, people_mentioned
from app.operations.messages.numbering import RoomPosition, next_change
from app.rules import rooms
from app.rules.rights import Right, access
from app.transaction import operation, publish


@operation(audited=False)
def edit_message(actor: Account, message_id: int, body: object) -> int:
    """Give a message a new wording; the earlier one is kept. Returns the room's change number.

    The author may while they may post, others with items_modify.
    """
    body = checked_body(body)
    message, place = _lock_message(actor, message_id, Right.ITEMS_MODIFY)
    if message.body == body:
        return _announce_change(message, place)
    _keep_version(message, actor)
    people = people_mentioned(body, actor, message.room_id, place.epoch)
    message.body = body
    message.html = text.render(body, {name: account.id for name, account in people.items()})
    message.edited_at = now()
    db.session.execute(delete(Mention).where(Mention.message_id == message.id))
    insert_mentions(message.id, people.values())
    return _announce_change(message, place)


@operation(audited=False)
def delete_message(actor: Account, message_id: int) -> int:
    """Delete a message's text, earlier versions too. The row stays, so that the numbering has no hole.

    The author may while they may post, others with items_delete. Return the room's change number.
    """
    message, place = _lock_message(actor, message_id, Right.ITEMS_DELETE)
    db.session.execute(delete(Mention).where(Mention.message_id == message.id))
    db.session.execute(delete(MessageVersion).where(MessageVersion.message_id == message.id))
    message.body = message.html = None
    message.deleted_at = now()
    message.deleted_by_id = actor.id
    return _announce_change(message, place)


def _lock_message(actor: Account, message_id: int, right_for_others: Right) -> tuple[Message, RoomPosition]:
    """Return a message that actor may change, with its room locked and the room's next change number given to it."""
    room_id = db.session.scalar(select(Message.room_id).where(Message.id == message_id))
    if room_id is None:
        raise NotFound()
    place = next_change(room_id)
    access.require(actor, Right.ITEMS_READ, room_id, epoch=place.epoch)
    message = db.session.get_one(Message, message_id, populate_existing=True)
    if message.seq <= rooms.history_starts(actor, [room_id]).get(room_id, 0):
        raise NotFound()
    needed = Right.ITEMS_WRITE if message.author_id == actor.id else right_for_others
    access.require(actor, needed, room_id, epoch=place.epoch)
    if message.kind is not MessageKind.MESSAGE or message.deleted_at is not None:
        raise Invalid(_("This message has been deleted."), code="message_deleted")
    message.change_no = place.change_no
    return message, place


def _keep_version(message: Message, actor: Account) -> None:
    versions = select(func.count()).select_from(MessageVersion).where(MessageVersion.message_id == message.id)
    number = db.session.scalar(versions) or 0
    version = MessageVersion(
        message_id=message.id,
        number=number + 1,
        body=message.body,
        edited_by_id=actor.id,
        created_at=message.edited_at or message.created_at,
    )
    db.session.add(version)


def _announce_change(message: Message, place: RoomPosition) -> int:
    """Publish a change number that was taken, whatever came of the change: clients wait for every number."""
    db.session.flush()
    publish(MessageChanged(message.room_id, message.id, place.change_no, place.epoch))
    return place.change_no
