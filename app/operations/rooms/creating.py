"""Creation of rooms: public and private ones in a group, private ones of one's own, direct ones."""

import hashlib
import uuid
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from app.errors import Forbidden, Invalid, NotFound, ServiceStopped
from app.events import RoomChanged
from app.extensions import db
from app.models import (
    FOLDER_SCOPE,
    ROOM_SCOPE,
    AccessScope,
    Account,
    Folder,
    FolderKind,
    Grant,
    Group,
    Principal,
    Room,
    RoomKind,
    RoomMember,
    RoomState,
)
from app.operations import audit, locks
from app.operations.rooms.people import write_note
from app.rules import domains, rooms, services
from app.rules.accounts import names, visibility
from app.rules.rights import WRITE, Right, scope
from app.rules.server import readiness
from app.transaction import operation, publish, touch_access

# People in a direct room.
DIRECT_AT_MOST = 8


@operation
def create_room(
    actor: Account, kind: RoomKind, name: str, *, group_id: int | None = None, topic: str | None = None
) -> Room:
    """Create a public room in a group, or a private one in a group or on its own; its creator owns a private room."""
    kind = RoomKind(kind)
    name = names.checked_name(name)
    if not _runs_from_outside(actor, kind, group_id):
        _require_chat(actor)
    folder = _folder_for(actor, kind, group_id)
    if folder is not None:
        require_free_name(folder.id, name)
    room = _stored(kind, name, folder, actor, topic=names.checked_description(topic, field="topic"))
    if kind is RoomKind.PRIVATE:
        _fill(room, [actor], owner=actor)
    _made(actor, room, folder)
    return room


@operation
def open_direct(actor: Account, account_ids: list[int]) -> Room:
    """Return the direct room of these people and oneself: the one there is, or a new one."""
    _require_chat(actor)
    people = _people(actor, account_ids)
    key = hashlib.sha256(
        "direct:{}".format(",".join(str(person.id) for person in people)).encode()
    ).hexdigest()
    statement = select(Room).where(Room.unique_key == key)
    room = db.session.scalars(statement).one_or_none()
    if room is not None:
        return room
    try:
        with db.session.begin_nested():
            room = _stored(
                RoomKind.DIRECT,
                ", ".join(person.name for person in people)[:200],
                None,
                actor,
                unique_key=key,
            )
    except IntegrityError:
        return db.session.scalars(statement).one()
    _fill(room, people)
    audit.record(actor, "room.create", room, after={"kind": room.kind, "people": len(people)}, name="direct")
    return room


@operation
def clone_room(actor: Account, room: Room, name: str | None = None) -> Room:
    """Create a room with the name, rights and members of another, without its messages."""
    if room.kind is RoomKind.DIRECT:
        raise Invalid(_("A direct conversation cannot be copied."), code="not_for_direct")
    rooms.require(actor, Right.FOLDER_READ, room)
    folder = db.session.get(Folder, room.folder_id) if room.folder_id else None
    if folder is not None:
        rooms.require(actor, Right.FOLDER_WRITE, folder)
    else:
        rooms.require(actor, Right.ADMINISTRATION_ADMINISTER, room)
    name = names.checked_name(name or _("%(name)s (copy)", name=room.name))
    if folder is not None:
        require_free_name(folder.id, name)
    copy = _stored(room.kind, name, folder, actor, topic=room.topic, has_own_list=room.has_own_list)
    _copy_rows(room, copy)
    _made(actor, copy, folder)
    return copy


def require_free_name(folder_id: int, name: str, but: int | None = None) -> None:
    """Two rooms of one folder never bear one name. Error: Invalid."""
    taken = select(Room.id).where(
        Room.folder_id == folder_id, Room.state != RoomState.DELETED, func.lower(Room.name) == name.lower()
    )
    if but is not None:
        taken = taken.where(Room.id != but)
    if db.session.scalar(taken.limit(1)) is not None:
        raise Invalid(
            _("There is already a room called %(name)s here.", name=name), code="name_taken", field="name"
        )


def _runs_from_outside(actor: Account, kind: RoomKind, group_id: int | None) -> bool:
    """Return whether an administrator creates a public room of a group without being in it."""
    if kind is not RoomKind.PUBLIC or group_id is None or not services.state().chat_runs:
        return False
    statement = select(Folder).where(Folder.group_id == group_id, Folder.kind == FolderKind.TEAMCHAT)
    folder = db.session.scalars(statement).one_or_none()
    return folder is not None and rooms.administers(actor, folder)


def _require_chat(actor: Account) -> None:
    """Rooms are made by accounts that TeamChat is on for; guests make none."""
    if not services.state().chat_runs:
        raise ServiceStopped()
    if actor.id is None or actor.is_guest or not domains.account_has(actor, domains.Feature.TEAMCHAT):
        raise Forbidden(_("TeamChat is not on for your account."), code="teamchat_off")


def _folder_for(actor: Account, kind: RoomKind, group_id: int | None) -> Folder | None:
    if kind is RoomKind.DIRECT:
        raise Invalid(_("A direct conversation is opened with people."), code="not_for_direct", field="kind")
    if group_id is None:
        if kind is RoomKind.PUBLIC:
            raise Invalid(
                _("A public room belongs to a group: choose one."), code="needs_group", field="group"
            )
        return None
    statement = select(Folder).where(Folder.group_id == group_id, Folder.kind == FolderKind.TEAMCHAT)
    folder = db.session.scalars(statement).one_or_none()
    if folder is None:
        raise NotFound(field="group")
    rooms.require(actor, Right.FOLDER_WRITE if kind is RoomKind.PUBLIC else Right.FOLDER_READ, folder)
    return folder


def _people(actor: Account, account_ids: list[int]) -> list[Account]:
    """Return everybody of a direct room, the actor too, by id.

    Errors: Invalid, NotFound for whom the actor cannot see.
    """
    ids = {int(account_id) for account_id in account_ids} | {actor.id}
    if not 2 <= len(ids) <= DIRECT_AT_MOST:
        raise Invalid(
            _("A direct conversation is between two and %(count)s people.", count=DIRECT_AT_MOST),
            code="direct_size",
            field="people",
        )
    statement = select(Account).where(Account.id.in_(ids), visibility.visible_to(actor)).order_by(Account.id)
    people = list(db.session.scalars(statement))
    if len(people) != len(ids):
        raise NotFound(field="people")
    return people


def _stored(kind: Any, name: str, folder: Folder | None, actor: Account, **values: Any) -> Room:
    is_public = kind is RoomKind.PUBLIC
    own = {"unique_key": uuid.uuid4().hex, "has_own_list": not is_public}
    room = Room(
        kind=kind,
        name=name,
        group_id=folder.group_id if folder else None,
        folder_id=folder.id if folder else None,
        created_by_id=actor.id,
        **{**own, **values},
    )
    db.session.add(room)
    db.session.flush()
    return room


def _fill(room: Room, people: list, owner: Account | None = None) -> None:
    """Add the people of a private or direct room, and the first grants of its list."""
    for person in people:
        db.session.add(RoomMember(room_id=room.id, account_id=person.id, is_owner=person is owner))
        touch_access(AccessScope.ACCOUNT, person.id)
    for principal in (Principal.MEMBERS, Principal.GUESTS):
        columns = {"scope_kind": ROOM_SCOPE, "scope_id": room.id, "room_id": room.id}
        db.session.add(Grant(**columns, principal=principal, rights=int(WRITE)))
    db.session.flush()


def _copy_rows(room: Room, copy: Room) -> None:
    lines = db.session.scalars(
        select(Grant).where(Grant.scope_kind == ROOM_SCOPE, Grant.scope_id == room.id)
    ).all()
    for line in lines:
        columns = {"scope_kind": ROOM_SCOPE, "scope_id": copy.id, "room_id": copy.id}
        db.session.add(
            Grant(**columns, principal=line.principal, principal_id=line.principal_id, rights=line.rights)
        )
    members = select(RoomMember).where(RoomMember.room_id == room.id, RoomMember.is_member)
    for member in db.session.scalars(members).all():
        values = {"room_id": copy.id, "account_id": member.account_id, "is_owner": member.is_owner}
        db.session.execute(insert(RoomMember), [{**values, "created_at": copy.created_at}])
        touch_access(AccessScope.ACCOUNT, member.account_id)


def _made(actor: Account, room: Room, folder: Folder | None) -> None:
    write_note(actor, room, "created")
    audit.record(
        actor,
        "room.create",
        room,
        after={"kind": room.kind, "name": room.name},
        domain_id=rooms.domain_id_of(room),
    )
    publish(RoomChanged(room.id, folder.id if folder and not room.has_own_list else None))


# Name of the room that enabling makes, and of the folder that holds a group's rooms.
FIRST_ROOM = "TeamChat"


@operation
def enable_teamchat(actor: Account, group: Group) -> Room:
    """Turn TeamChat on for a group with a public folder: its rooms come back, or the first one is made."""
    group = locks.lock_row(scope.find_group(actor, group.id))
    domains.require_public_folder(group.has_public_folder)
    domains.require_domain_has(group.domain, domains.Feature.TEAMCHAT)
    readiness.require_may_enable()
    folder = _teamchat_folder(group)
    group.has_teamchat = True
    room = _any_room(group) or _first_room(actor, group, folder)
    touch_access(AccessScope.GROUP, group.id)
    audit.record(actor, "group.enable_teamchat", group, after={"has_teamchat": True})
    return room


@operation
def disable_teamchat(actor: Account, group: Group) -> None:
    """Turn TeamChat off for a group: its rooms are hidden and kept."""
    group = locks.lock_row(scope.find_group(actor, group.id))
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
    """Grant Write to the group's members and to invited guests."""
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


def _first_room(actor: Account, group: Group, folder: Folder) -> Room:
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


def _add(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row
