"""Creation and changes of groups."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, case, delete, func, or_, select, update

from app.errors import Invalid
from app.extensions import db
from app.models import (
    FOLDER_SCOPE,
    ROOM_SCOPE,
    AccessScope,
    Account,
    Address,
    Domain,
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
from app.operations import audit, locks, rooms
from app.operations.accounts.addresses import require_free_address, store_with_address
from app.operations.locks import execute_update
from app.rules import domains, groups
from app.rules.accounts import addresses, names
from app.rules.rights import scope
from app.transaction import operation, touch_access

# Columns that are changed as given, each with the function that checks and normalises a value.
GROUP_CHECKS: dict[str, Callable[[Any], Any]] = {
    "name": names.checked_name,
    "description": names.checked_description,
    "has_public_folder": bool,
}


@operation
def create_group(
    actor: Account, domain: Domain, *, name: str, alias: str, description: str | None = None
) -> Group:
    """Create a group of a domain, without members, public folder and rooms."""
    domain = scope.find_domain(actor, domain.id)
    name = names.checked_name(name)
    address = f"{addresses.checked_alias(alias)}@{domain.name}"
    require_free_address(address)
    group = Group(
        domain_id=domain.id, name=name, address=address, description=names.checked_description(description)
    )
    group.domain = domain
    store_with_address(group, address)
    touch_access(AccessScope.GROUP, group.id)
    audit.record(actor, "group.create", group, after={"name": name, "address": address})
    return group


@operation
def update_group(
    actor: Account, group: Group, values: dict[str, Any], seen_version: int | None = None
) -> Group:
    """Change a group: all of values, or nothing.

    values: any of name, alias, description, has_public_folder, folder_name, has_teamchat.
    seen_version: the version that the form showed. Error: Conflict if the group has changed since.
    """
    group = locks.lock_row(scope.find_group(actor, group.id), seen_version)
    before, after = audit.changes(group, _checked_columns(group, values))
    wants_teamchat = bool(values.get("has_teamchat", group.has_teamchat))
    if wants_teamchat:
        domains.require_public_folder(after.get("has_public_folder", group.has_public_folder))
    if after:
        _change_columns(actor, group, before, after)
    if wants_teamchat != group.has_teamchat:
        switch = rooms.enable_teamchat if wants_teamchat else rooms.disable_teamchat
        switch(actor, group)
    return group


def _checked_columns(group: Group, values: dict[str, Any]) -> dict[str, Any]:
    columns = {name: GROUP_CHECKS[name](value) for name, value in values.items() if name in GROUP_CHECKS}
    if "alias" in values:
        columns["address"] = f"{addresses.checked_alias(values['alias'])}@{group.domain.name}"
    # A public folder has a name: the given one, else the group's. Without a folder the old name stays.
    if "folder_name" in values and columns.get("has_public_folder", group.has_public_folder):
        name = values["folder_name"] or columns.get("name", group.name)
        columns["folder_name"] = names.checked_name(name, field="folder_name")
    return columns


def _change_columns(actor: Account, group: Group, before: dict[str, Any], after: dict[str, Any]) -> None:
    if "address" in after:
        require_free_address(after["address"], owner=group)
    locks.apply_values(group, after)
    store_with_address(group, group.address)
    if "has_public_folder" in after or "folder_name" in after:
        _store_public_folder(group)
        touch_access(AccessScope.GROUP, group.id)
    audit.record(actor, "group.update", group, before=before, after=after)


def _store_public_folder(group: Group) -> None:
    # The folder is created once; switched off it is hidden and keeps its content.
    is_public = select(Folder).where(Folder.group_id == group.id, Folder.kind == FolderKind.PUBLIC)
    folder = db.session.scalars(is_public).first()
    if folder is None:
        folder = Folder(group_id=group.id, kind=FolderKind.PUBLIC)
        db.session.add(folder)
    folder.name = group.folder_name or group.name


# A higher limit would not limit anything that this server can do.
SENDS_MAX = 10_000


@operation
def set_group_limits(
    actor: Account, group: Group, *, sends_per_minute: int | None, seen_version: int | None = None
) -> Group:
    """Limit the messages that all rooms of a group take together within any minute; None removes the limit.

    The limit applies from the next message on, in every process.
    seen_version: the version that the form showed. Errors: Conflict, Invalid.
    """
    group = locks.lock_row(scope.find_group(actor, group.id), seen_version)
    before, after = audit.changes(group, {"sends_per_minute": _checked_sends(sends_per_minute)})
    if after:
        locks.apply_values(group, after)
        audit.record(actor, "group.limits", group, before=before, after=after)
    return group


def _checked_sends(number: int | None) -> int | None:
    if number is not None and not 1 <= number <= SENDS_MAX:
        sentence = _("Give a number from 1 to %(largest)s, or leave this empty.", largest=SENDS_MAX)
        raise Invalid(sentence, code="bad_limit", field="sends_per_minute")
    return number


# Beyond so many groups, folders and rooms, everybody's access is checked again instead of that of their people.
TOUCHED_AT_MOST = 500


@operation
def delete_group(actor: Account, group: Group) -> None:
    """Delete a group: people who were in its rooms through it lose them at once, its address is free.

    Its rooms go to the trash for 30 days; until then a private one can be restored as a room of its owner. The group
    leaves the groups that it was a member of, and every rights list.
    """
    group = locks.lock_row(scope.find_group(actor, group.id))
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
    targets = {(AccessScope.GROUP, key) for key in groups.containing_groups(group.id) - {group.id}}
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
