"""Rooms run by those with the right, and by administrators from outside, without joining and without reading."""

from datetime import timedelta

from flask_babel import gettext as _

from app.errors import Invalid, NotFound
from app.events import RoomChanged
from app.models import AccessScope, Room, RoomKind, RoomState, now
from app.operations import audit, versions
from app.operations.rooms.making import require_free_name
from app.operations.rooms.notes import write_note
from app.rules import managing, names
from app.rules.rights import Right
from app.transaction import operation, publish, touch_access

IN_TRASH = timedelta(days=30)
"""How long a deleted room can be restored."""


@operation
def rename_room(actor, room: Room, name: str, seen_version: int | None = None) -> Room:
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
def set_topic(actor, room: Room, topic: str | None, seen_version: int | None = None) -> Room:
    """Say what a room is about, beside its name."""
    room = _run(actor, room, Right.FOLDER_RENAME, seen_version)
    topic = names.checked_description(topic, field="topic")
    if topic == room.topic:
        return room
    before, room.topic = room.topic, topic
    write_note(actor, room, "topic", topic=topic)
    return _changed(actor, room, "room.topic", {"topic": before}, {"topic": topic})


@operation
def update_room(actor, room: Room, *, name: str, topic: str | None, seen_version: int | None = None) -> Room:
    """Give a room its name and its topic; both, or neither."""
    return set_topic(actor, rename_room(actor, room, name, seen_version), topic)


@operation
def archive_room(actor, room: Room) -> Room:
    """Make a room read only and put it under Archive."""
    room = _run(actor, room, Right.FOLDER_DELETE)
    _require_state(room, RoomState.ACTIVE)
    write_note(actor, room, "archived")
    return _moved(actor, room, RoomState.ARCHIVED, "room.archive")


@operation
def reopen_room(actor, room: Room) -> Room:
    """Take a room out of the archive: people write in it again."""
    room = _locked(room)
    _require_archive_right(actor, room)
    _require_state(room, RoomState.ARCHIVED)
    moved = _moved(actor, room, RoomState.ACTIVE, "room.reopen")
    write_note(actor, room, "reopened")
    return moved


@operation
def delete_room(actor, room: Room) -> Room:
    """Put a room into the trash, for 30 days; then it is gone for good."""
    room = _locked(room)
    _require_archive_right(actor, room)
    if room.state is RoomState.DELETED:
        raise NotFound()
    room.deleted_at, room.state_before_trash = now(), room.state
    return _moved(actor, room, RoomState.DELETED, "room.delete")


@operation
def restore_room(actor, room: Room) -> Room:
    """Take a room out of the trash, as it was before: an administrator's act."""
    room = _locked(room)
    if not managing.administers(actor, room):
        raise NotFound()
    _require_state(room, RoomState.DELETED)
    if room.kind is RoomKind.PUBLIC and room.group_id is None:
        raise Invalid(_("The group of this room is gone: nobody could see it."), code="group_gone")
    if room.folder_id is not None:
        require_free_name(room.folder_id, room.name, but=room.id)
    before, room.deleted_at, room.state_before_trash = room.state_before_trash, None, None
    return _moved(actor, room, before or RoomState.ACTIVE, "room.restore")


def _run(actor, room: Room, right: Right, seen_version: int | None = None) -> Room:
    """The room, locked, for somebody who may do this with it; direct conversations are run by nobody."""
    room = _locked(room, seen_version)
    managing.require(actor, right, room)
    if room.state is RoomState.DELETED:
        raise NotFound()
    if room.kind is RoomKind.DIRECT:
        raise Invalid(_("A direct conversation has neither name nor topic."), code="not_for_direct")
    return room


def _locked(room: Room, seen_version: int | None = None) -> Room:
    return versions.lock_row(room, seen_version)


def _require_archive_right(actor, room: Room) -> None:
    """An archived room leaves nobody more than reading: the right that counts is the one they had before."""
    if room.kind is RoomKind.DIRECT:
        raise Invalid(_("A direct conversation cannot be deleted for the others."), code="not_for_direct")
    if room.state is not RoomState.ARCHIVED:
        managing.require(actor, Right.FOLDER_DELETE, room)
    elif not managing.administers(actor, room):
        managing.require_unarchived(actor, Right.FOLDER_DELETE, room)


def _require_state(room: Room, state: RoomState) -> None:
    if room.state is not state:
        raise Invalid(_("Somebody has moved this room in the meantime."), code="wrong_state")


def _moved(actor, room: Room, state: RoomState, act: str) -> Room:
    before, room.state = room.state, state
    touch_access(AccessScope.ROOM, room.id)
    return _changed(actor, room, act, {"state": before}, {"state": state})


def _changed(actor, room: Room, act: str, before: dict, after: dict) -> Room:
    audit.record(actor, act, room, before=before, after=after, domain_id=managing.domain_id_of(room))
    publish(RoomChanged(room.id, room.folder_id if not room.has_own_list else None))
    return room
