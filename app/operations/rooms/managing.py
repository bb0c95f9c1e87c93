"""Rooms run by those with the right, and by administrators from outside, without joining and without reading."""

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Delete, Update, delete, select, update

from app.errors import Invalid, NotFound
from app.events import RoomChanged
from app.extensions import db
from app.identity import SYSTEM
from app.models import (
    AccessScope,
    Account,
    Grant,
    Invitation,
    Mention,
    Message,
    MessageVersion,
    ReadMark,
    Room,
    RoomKind,
    RoomMember,
    RoomState,
    now,
)
from app.operations import audit, locks, search
from app.operations.messages.reading import begin_reading_here
from app.operations.rooms.creating import require_free_name
from app.operations.rooms.people import write_note
from app.rules import rooms
from app.rules.accounts import names
from app.rules.rights import Right
from app.transaction import operation, publish, touch_access

# How long a deleted room can be restored.
IN_TRASH = timedelta(days=30)


@operation
def rename_room(actor: Account, room: Room, name: str, seen_version: int | None = None) -> Room:
    """Give a room another name; its address stays."""
    room = _run(actor, room, Right.FOLDER_RENAME, seen_version)
    name = names.checked_name(name)
    if name == room.name:
        return room
    if room.folder_id is not None:
        require_free_name(room.folder_id, name, but=room.id)
    before, room.name = room.name, name
    write_note(actor, room, "renamed", before=before, name=name)
    return _changed(actor, room, "room.rename", {"name": before}, {"name": name})


@operation
def set_topic(actor: Account, room: Room, topic: str | None, seen_version: int | None = None) -> Room:
    """Say what a room is about, beside its name."""
    room = _run(actor, room, Right.FOLDER_RENAME, seen_version)
    topic = names.checked_description(topic, field="topic")
    if topic == room.topic:
        return room
    before, room.topic = room.topic, topic
    write_note(actor, room, "topic", topic=topic)
    return _changed(actor, room, "room.topic", {"topic": before}, {"topic": topic})


@operation
def update_room(
    actor: Account, room: Room, *, name: str, topic: str | None, seen_version: int | None = None
) -> Room:
    """Give a room its name and its topic; both, or neither."""
    return set_topic(actor, rename_room(actor, room, name, seen_version), topic)


@operation
def archive_room(actor: Account, room: Room) -> Room:
    """Make a room read only and put it under Archive."""
    room = _run(actor, room, Right.FOLDER_DELETE)
    _require_state(room, RoomState.ACTIVE)
    write_note(actor, room, "archived")
    return _moved(actor, room, RoomState.ARCHIVED, "room.archive")


@operation
def reopen_room(actor: Account, room: Room) -> Room:
    """Take a room out of the archive: people write in it again."""
    room = _locked(room)
    _require_archive_right(actor, room)
    _require_state(room, RoomState.ARCHIVED)
    moved = _moved(actor, room, RoomState.ACTIVE, "room.reopen")
    write_note(actor, room, "reopened")
    return moved


@operation
def delete_room(actor: Account, room: Room) -> Room:
    """Put a room into the trash, for 30 days; then it is gone for good."""
    room = _locked(room)
    _require_archive_right(actor, room)
    if room.state is RoomState.DELETED:
        raise NotFound()
    room.deleted_at, room.state_before_trash = now(), room.state
    return _moved(actor, room, RoomState.DELETED, "room.delete")


@operation
def restore_room(actor: Account, room: Room) -> Room:
    """Take a room out of the trash, as it was before: an administrator's act."""
    room = _locked(room)
    if not rooms.administers(actor, room):
        raise NotFound()
    _require_state(room, RoomState.DELETED)
    if room.kind is RoomKind.PUBLIC and room.group_id is None:
        raise Invalid(
            _("The group of this room no longer exists: nobody could see the room."), code="group_gone"
        )
    if room.folder_id is not None:
        require_free_name(room.folder_id, room.name, but=room.id)
    before, room.deleted_at, room.state_before_trash = room.state_before_trash, None, None
    return _moved(actor, room, before or RoomState.ACTIVE, "room.restore")


def _run(actor: Account, room: Room, right: Right, seen_version: int | None = None) -> Room:
    """Return the room, locked, for somebody who may do this with it; direct conversations are run by nobody."""
    room = _locked(room, seen_version)
    rooms.require(actor, right, room)
    if room.state is RoomState.DELETED:
        raise NotFound()
    if room.kind is RoomKind.DIRECT:
        raise Invalid(_("A direct conversation has neither name nor topic."), code="not_for_direct")
    return room


def _locked(room: Room, seen_version: int | None = None) -> Room:
    return locks.lock_row(room, seen_version)


def _require_archive_right(actor: Account, room: Room) -> None:
    """Check the right a person had before archiving: an archived room leaves nobody more than reading."""
    if room.kind is RoomKind.DIRECT:
        raise Invalid(_("A direct conversation cannot be deleted for the others."), code="not_for_direct")
    if room.state is not RoomState.ARCHIVED:
        rooms.require(actor, Right.FOLDER_DELETE, room)
    elif not rooms.administers(actor, room):
        rooms.require_unarchived(actor, Right.FOLDER_DELETE, room)


def _require_state(room: Room, state: RoomState) -> None:
    if room.state is not state:
        raise Invalid(_("Somebody moved this room in the meantime."), code="wrong_state")


def _moved(actor: Account, room: Room, state: RoomState, act: str) -> Room:
    before, room.state = room.state, state
    touch_access(AccessScope.ROOM, room.id)
    return _changed(actor, room, act, {"state": before}, {"state": state})


def _changed(actor: Account, room: Room, act: str, before: dict, after: dict) -> Room:
    audit.record(actor, act, room, before=before, after=after, domain_id=rooms.domain_id_of(room))
    publish(RoomChanged(room.id, room.folder_id if not room.has_own_list else None))
    return room


# Days that a stay may last.
LONGEST = 3650


@operation
def set_guest_settings(
    actor: Account,
    room: Room,
    *,
    guests_see_history: bool,
    guests_see_members: bool,
    guest_days: int | None,
    seen_version: int | None = None,
) -> Room:
    """Set what guests see of a room and for how many days they stay, counted anew for those inside.

    Errors: NotFound, Forbidden, Invalid, Conflict.
    """
    room = locks.lock_row(room, seen_version)
    rooms.require_may_administer(actor, room)
    if room.kind is RoomKind.DIRECT:
        raise Invalid(_("A direct conversation has no settings for guests."), code="not_for_direct")
    if guest_days is not None and not 1 <= guest_days <= LONGEST:
        raise Invalid(
            _("Between 1 and %(longest)s days, or empty.", longest=LONGEST), code="days", field="guest_days"
        )
    values = {
        "guests_see_history": bool(guests_see_history),
        "guests_see_members": bool(guests_see_members),
        "guest_days": guest_days,
    }
    before, after = audit.changes(room, values)
    if not after:
        return room
    locks.apply_values(room, after)
    _apply_to_guests(room, after)
    touch_access(AccessScope.ROOM, room.id)
    audit.record(actor, "room.guests", room, before=before, after=after, domain_id=rooms.domain_id_of(room))
    return room


def _apply_to_guests(room: Room, after: dict) -> None:
    inside = (RoomMember.room_id == room.id, RoomMember.is_member, Account.is_guest)
    members = db.session.scalars(
        select(RoomMember).join(Account, Account.id == RoomMember.account_id).where(*inside)
    ).all()
    if "guest_days" in after:
        end = now() + timedelta(days=room.guest_days) if room.guest_days else None
        for member in members:
            member.expires_at, member.warned_days = end, None
    if after.get("guests_see_history") is False and members:
        db.session.flush()
        begin_reading_here(room.id, [member.account_id for member in members])


# Rows of one kind that one transaction takes away.
BATCH = 500

# What belongs to a room beside its messages and people, by the column that tells the rows apart.
BESIDE = (ReadMark.account_id, Invitation.id, Grant.id)


def rooms_to_purge(limit: int = 100) -> list[int]:
    """Return ids of rooms that have been in the trash for longer than they are kept there, the oldest first."""
    statement = select(Room.id).where(*_is_due()).order_by(Room.deleted_at, Room.id)
    return list(db.session.scalars(statement.limit(limit)))


@operation(audited=False)
def purge_room(room_id: int) -> bool:
    """Take the next piece of such a room away, in the end the room itself. Returns whether something is left.

    It may be done twice, and by two at once; a room that was restored meanwhile stays as it is.
    """
    locking = select(Room.id).where(Room.id == room_id, *_is_due()).with_for_update(skip_locked=True)
    if db.session.scalar(locking) is None:
        return False
    if search.forget_room(room_id) or _take_messages(room_id):
        return True
    if any(_take(column, column.class_.room_id == room_id) for column in BESIDE):
        return True
    if _take(RoomMember.id, RoomMember.room_id == room_id, ~RoomMember.is_owner):
        return True
    _take_room(db.session.get_one(Room, room_id))
    return False


def _is_due() -> tuple[ColumnElement[bool], ...]:
    return Room.state == RoomState.DELETED, Room.deleted_at < now() - IN_TRASH


def _take_messages(room_id: int) -> bool:
    """Return the newest first: what answers a message goes before it, or with it."""
    newest = select(Message.id).where(Message.room_id == room_id).order_by(Message.id.desc()).limit(BATCH)
    ids = list(db.session.scalars(newest))
    if ids:
        _write(delete(Mention).where(Mention.message_id.in_(ids)))
        _write(delete(MessageVersion).where(MessageVersion.message_id.in_(ids)))
        _write(update(Message).where(Message.id.in_(ids)).values(parent_id=None))
        _write(delete(Message).where(Message.id.in_(ids)))
    return bool(ids)


def _take(column: Any, *conditions: Any) -> bool:
    """Return a batch of the rows that these conditions hold for. Returns whether there were any."""
    keys = list(db.session.scalars(select(column).where(*conditions).limit(BATCH)))
    if keys:
        _write(delete(column.class_).where(*conditions, column.in_(keys)))
    return bool(keys)


def _take_room(room: Room) -> None:
    """Delete a room for good. Owners go last: they tell whose it was."""
    audit.record(SYSTEM, "room.purge", room, before={"name": room.name}, domain_id=rooms.domain_id_of(room))
    _write(delete(RoomMember).where(RoomMember.room_id == room.id))
    db.session.delete(room)


def _write(statement: Update | Delete) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})
