"""Deletion of groups: references go with them, their rooms stay in the trash for 30 days."""

from sqlalchemy import ColumnElement, Select, case, delete, func, or_, select, update

from app.extensions import db
from app.models import (
    FOLDER_SCOPE,
    ROOM_SCOPE,
    AccessScope,
    Account,
    Address,
    Exclusion,
    Folder,
    FolderKind,
    Grant,
    Group,
    MemberEntry,
    Principal,
    Room,
    RoomState,
    now,
)
from app.operations import audit, versions
from app.operations.versions import execute_update
from app.rules import membership, scope
from app.transaction import operation, touch_access

# Beyond so many groups, folders and rooms, everybody's access is checked again instead of that of their people.
TOUCHED_AT_MOST = 500


@operation
def delete_group(actor: Account, group: Group) -> None:
    """Delete a group: people who were in its rooms through it lose them at once, its address is free.

    Its rooms go to the trash for 30 days; until then a private one can be restored as a room of its owner. The group
    leaves the groups that it was a member of, and every rights list.
    """
    group = versions.lock_row(scope.find_group(actor, group.id))
    outer_groups = _groups_with_member(group)
    _touch_people(group)
    trashed_count = _trash_rooms(group)
    _delete_grants(group)
    _delete_entries(group)
    for outer_group in outer_groups:
        audit.record(actor, "group.remove_member", outer_group, before={"members": group.address})
    before = {"name": group.name, "address": group.address, "trashed_rooms": trashed_count}
    audit.record(actor, "group.delete", group, before=before)
    execute_update(delete(Folder).where(Folder.group_id == group.id, Folder.parent_id.is_not(None)))
    execute_update(delete(Folder).where(Folder.group_id == group.id))
    execute_update(delete(Address).where(Address.group_id == group.id))
    db.session.delete(group)
    db.session.flush()
    db.session.expire_all()


def _groups_with_member(group: Group) -> list[Group]:
    statement = select(Group).join(MemberEntry, MemberEntry.group_id == Group.id)
    return list(db.session.scalars(statement.where(MemberEntry.inner_group_id == group.id)))


def _touch_people(group: Group) -> None:
    """Announce the change to everybody who has access through the group. Afterwards nothing leads to them."""
    teamchat_folders = _folder_ids(group).where(Folder.kind == FolderKind.TEAMCHAT)
    rooms = db.session.scalars(select(Room.id).where(Room.group_id == group.id))
    grants = db.session.execute(select(Grant.scope_kind, Grant.scope_id).where(*_is_about_group(group)))
    kinds = {FOLDER_SCOPE: AccessScope.FOLDER, ROOM_SCOPE: AccessScope.ROOM}
    targets = {(AccessScope.GROUP, key) for key in membership.containing_groups(group.id) - {group.id}}
    targets |= {(AccessScope.FOLDER, key) for key in db.session.scalars(teamchat_folders)}
    targets |= {(AccessScope.ROOM, key) for key in rooms}
    targets |= {(kinds[kind], key) for kind, key in grants}
    if len(targets) > TOUCHED_AT_MOST:
        targets = {(AccessScope.EVERYBODY, 0)}
    for scope_kind, target_id in sorted(targets):
        touch_access(scope_kind, target_id)


def _trash_rooms(group: Group) -> int:
    """Detach the rooms from the group and put them into the trash. Return how many were not there already."""
    is_own = Room.group_id == group.id
    count = db.session.scalar(
        select(func.count()).select_from(Room).where(is_own, Room.state != RoomState.DELETED)
    )
    # MariaDB sets one column after the other: a column must be read before it is written.
    values = {
        "state_before_trash": case((Room.deleted_at.is_(None), Room.state), else_=Room.state_before_trash),
        "state": RoomState.DELETED,
        "deleted_at": func.coalesce(Room.deleted_at, now()),
        "group_id": None,
        "folder_id": None,
        "row_version": Room.row_version + 1,
    }
    execute_update(update(Room).where(is_own).ordered_values(*values.items()))
    return count or 0


def _delete_grants(group: Group) -> None:
    """Delete the rights lists of the group's folders, and the grants to the group elsewhere."""
    execute_update(delete(Grant).where(Grant.folder_id.in_(_folder_ids(group))))
    execute_update(delete(Grant).where(*_is_about_group(group)))


def _delete_entries(group: Group) -> None:
    entries = or_(MemberEntry.group_id == group.id, MemberEntry.inner_group_id == group.id)
    execute_update(delete(MemberEntry).where(entries))
    execute_update(delete(Exclusion).where(Exclusion.group_id == group.id))


def _folder_ids(group: Group) -> Select[int]:
    return select(Folder.id).where(Folder.group_id == group.id)


def _is_about_group(group: Group) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Grant.principal == Principal.GROUP, Grant.principal_id == group.id
