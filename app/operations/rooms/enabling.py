"""TeamChat turned on and off for a group: its folder, its default rights, its first room."""

import uuid

from sqlalchemy import select

from app.extensions import db
from app.models import (
    FOLDER_SCOPE,
    AccessScope,
    Folder,
    FolderKind,
    Grant,
    Group,
    Principal,
    Room,
    RoomKind,
    RoomState,
)
from app.operations import audit, versions
from app.rules import policies, readiness, scope
from app.rules.rights import WRITE
from app.transaction import operation, touch_access

FIRST_ROOM = "TeamChat"
"""Name of the room that enabling makes, and of the folder that holds a group's rooms."""


@operation
def enable_teamchat(actor, group: Group) -> Room:
    """Turn TeamChat on for a group with a public folder: its rooms come back, or the first one is made."""
    group = versions.lock_row(scope.find_group(actor, group.id))
    policies.require_public_folder(group.has_public_folder)
    policies.require_domain_has(group.domain, policies.Feature.TEAMCHAT)
    readiness.require_may_enable()
    folder = _teamchat_folder(group)
    group.has_teamchat = True
    room = _any_room(group) or _first_room(actor, group, folder)
    touch_access(AccessScope.GROUP, group.id)
    audit.record(actor, "group.enable_teamchat", group, after={"has_teamchat": True})
    return room


@operation
def disable_teamchat(actor, group: Group) -> None:
    """Turn TeamChat off for a group: its rooms are hidden and kept."""
    group = versions.lock_row(scope.find_group(actor, group.id))
    group.has_teamchat = False
    touch_access(AccessScope.GROUP, group.id)
    audit.record(actor, "group.disable_teamchat", group, after={"has_teamchat": False})


def _teamchat_folder(group: Group) -> Folder:
    folders = {
        folder.kind: folder
        for folder in db.session.scalars(select(Folder).where(Folder.group_id == group.id))
    }
    public = folders.get(FolderKind.PUBLIC) or _add(
        Folder(group_id=group.id, kind=FolderKind.PUBLIC, name=group.folder_name or group.name)
    )
    if FolderKind.TEAMCHAT in folders:
        return folders[FolderKind.TEAMCHAT]
    folder = _add(Folder(group_id=group.id, parent_id=public.id, kind=FolderKind.TEAMCHAT, name=FIRST_ROOM))
    _grant_defaults(group, folder)
    return folder


def _grant_defaults(group: Group, folder: Folder) -> None:
    """Reading, writing and modification of documents for the group's members and for invited guests."""
    for principal, principal_id in ((Principal.GROUP, group.id), (Principal.GUESTS, 0)):
        db.session.add(
            Grant(
                scope_kind=FOLDER_SCOPE,
                scope_id=folder.id,
                folder_id=folder.id,
                principal=principal,
                principal_id=principal_id,
                rights=int(WRITE),
            )
        )


def _any_room(group: Group) -> Room | None:
    rooms = select(Room).where(Room.group_id == group.id, Room.state != RoomState.DELETED)
    return db.session.scalars(rooms.order_by(Room.id).limit(1)).first()


def _first_room(actor, group: Group, folder: Folder) -> Room:
    return _add(
        Room(
            kind=RoomKind.PUBLIC,
            group_id=group.id,
            folder_id=folder.id,
            name=FIRST_ROOM,
            unique_key=uuid.uuid4().hex,
            created_by_id=actor.id,
        )
    )


def _add(row):
    db.session.add(row)
    db.session.flush()
    return row
