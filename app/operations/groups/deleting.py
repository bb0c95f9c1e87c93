"""A group taken away for good: what pointed at it goes with it, what was said in its rooms stays for 30 days."""

from sqlalchemy import case, delete, func, or_, select, update

from app.extensions import db
from app.models import (
    FOLDER_SCOPE,
    ROOM_SCOPE,
    AccessScope,
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
from app.rules import membership, scope
from app.transaction import operation, touch_access

TOUCHED_AT_MOST = 500
"""Places whose people are asked again one by one; beyond it everybody is."""


@operation
def delete_group(actor, group: Group) -> None:
    """Take a group away for good: whoever was in its rooms through it loses them at once, its address is free.

    Its rooms go to the trash and are gone after 30 days; a private one can be restored until then, as a room of its
    owner's own. The group leaves the groups it was a member of, and every list that had a line about it.
    """
    group = versions.lock_row(scope.find_group(actor, group.id))
    outer = _groups_with_it(group)
    _touch_all(group)
    rooms = _put_rooms_into_trash(group)
    _forget_lines(group)
    _forget_members(group)
    for one in outer:
        audit.record(actor, "group.remove_member", one, before={"members": group.address})
    before = {"name": group.name, "address": group.address, "trashed_rooms": rooms}
    audit.record(actor, "group.delete", group, before=before)
    _write(delete(Folder).where(Folder.group_id == group.id, Folder.parent_id.is_not(None)))
    _write(delete(Folder).where(Folder.group_id == group.id))
    _write(delete(Address).where(Address.group_id == group.id))
    db.session.delete(group)
    db.session.flush()
    db.session.expire_all()


def _groups_with_it(group: Group) -> list[Group]:
    """The groups that have this one as a member."""
    statement = select(Group).join(MemberEntry, MemberEntry.group_id == Group.id)
    return list(db.session.scalars(statement.where(MemberEntry.inner_group_id == group.id)))


def _touch_all(group: Group) -> None:
    """Whom it concerns is told from what they see now: afterwards nothing is left to find them by."""
    with_rooms = _folders(group).where(Folder.kind == FolderKind.TEAMCHAT)
    places = {(AccessScope.GROUP, key) for key in membership.containing_groups(group.id) - {group.id}}
    places |= {(AccessScope.FOLDER, key) for key in db.session.scalars(with_rooms)}
    rooms = db.session.scalars(select(Room.id).where(Room.group_id == group.id))
    places |= {(AccessScope.ROOM, key) for key in rooms}
    kinds = {FOLDER_SCOPE: AccessScope.FOLDER, ROOM_SCOPE: AccessScope.ROOM}
    lines = db.session.execute(select(Grant.scope_kind, Grant.scope_id).where(*_about(group)))
    places |= {(kinds[kind], key) for kind, key in lines}
    if len(places) > TOUCHED_AT_MOST:
        places = {(AccessScope.EVERYBODY, 0)}
    for place in sorted(places):
        touch_access(*place)


def _put_rooms_into_trash(group: Group) -> int:
    """The rooms stand alone from now on. Returns how many there were outside of the trash.

    MariaDB sets one column after the other: what is read must come before it is written.
    """
    mine = Room.group_id == group.id
    shown = select(func.count()).select_from(Room).where(mine, Room.state != RoomState.DELETED)
    count = db.session.scalar(shown)
    values = {
        "state_before_trash": case((Room.deleted_at.is_(None), Room.state), else_=Room.state_before_trash),
        "state": RoomState.DELETED,
        "deleted_at": func.coalesce(Room.deleted_at, now()),
        "group_id": None,
        "folder_id": None,
        "row_version": Room.row_version + 1,
    }
    _write(update(Room).where(mine).ordered_values(*values.items()))
    return count


def _forget_lines(group: Group) -> None:
    """The lists of its folders, and every line about it elsewhere."""
    _write(delete(Grant).where(Grant.folder_id.in_(_folders(group))))
    _write(delete(Grant).where(*_about(group)))


def _forget_members(group: Group) -> None:
    entries = or_(MemberEntry.group_id == group.id, MemberEntry.inner_group_id == group.id)
    _write(delete(MemberEntry).where(entries))
    _write(delete(Exclusion).where(Exclusion.group_id == group.id))


def _folders(group: Group):
    return select(Folder.id).where(Folder.group_id == group.id)


def _about(group: Group):
    return Grant.principal == Principal.GROUP, Grant.principal_id == group.id


def _write(statement) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})
