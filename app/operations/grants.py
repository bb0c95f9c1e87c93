"""Rights lists: lines on a group's TeamChat folder or on a room, set, removed, replaced and inherited again."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete, select

from app.errors import Conflict, Invalid, NotFound
from app.extensions import db
from app.models import (
    FOLDER_SCOPE,
    ROOM_SCOPE,
    AccessScope,
    Account,
    Domain,
    Folder,
    Grant,
    Group,
    Principal,
    Room,
    RoomKind,
)
from app.operations import audit, versions
from app.rules import lists, managing
from app.rules.rights import FULL, Right, preset_of
from app.transaction import operation, touch_access

PRINCIPAL_MODELS = {Principal.ACCOUNT: Account, Principal.GROUP: Group, Principal.DOMAIN: Domain}
"""Principals that are somebody in particular."""


@dataclass(frozen=True)
class Subject:
    """Whom a line is about: a kind, and an id where the kind is somebody in particular."""

    principal: Principal
    principal_id: int = 0


@operation
def set_grant(
    actor,
    scope: Folder | Room,
    subject: Subject,
    rights: Right,
    *,
    accepts_own_loss: bool = False,
    seen: dict | None = None,
) -> Grant:
    """Give a principal exactly these rights in a folder or a room. On a room that inherits, the inherited lines are
    copied first, so that nobody else's rights change.

    accepts_own_loss: the actor knows that this takes their own right to administer away. seen: the list as the actor
    saw it (lists.snapshot), None where there was no form. Errors: Conflict when it is another one by now.
    """
    _in_turn(actor, scope, seen)
    rights = checked_rights(rights)
    _own_list(scope)
    grant = _line(scope, subject)
    name = _name_of(actor, subject, is_known=grant is not None)
    before = {"rights": int(grant.rights), "preset": preset_of(Right(grant.rights))} if grant else None
    if grant is None:
        grant = Grant(**_scope_columns(scope), principal=subject.principal, principal_id=subject.principal_id)
        db.session.add(grant)
    grant.rights = int(rights)
    after = {"rights": int(rights), "preset": preset_of(rights)}
    _written(actor, scope, "grant.set", name, before, after, accepts_own_loss)
    return grant


@operation
def set_grants(actor, scope: Folder | Room, subjects: list[Subject], rights: Right, **how) -> int:
    """Give several principals the same rights; all of them, or none. Returns how many there are."""
    if not subjects:
        raise Invalid(_("Choose at least one."), code="nobody_chosen", field="principal")
    _in_turn(actor, scope, how.pop("seen", None))
    for subject in subjects:
        set_grant(actor, scope, subject, rights, **how)
    return len(subjects)


@operation
def remove_grant(
    actor, scope: Folder | Room, subject: Subject, *, accepts_own_loss: bool = False, seen: dict | None = None
) -> None:
    """Take a line out of a list. Who matched it falls back to the next one that matches them."""
    _in_turn(actor, scope, seen)
    _own_list(scope)
    grant = _line(scope, subject)
    if grant is None:
        raise NotFound()
    before = {"rights": int(grant.rights), "preset": preset_of(Right(grant.rights))}
    name = _name_of(actor, subject, is_known=True)
    db.session.delete(grant)
    _written(actor, scope, "grant.remove", name, before, None, accepts_own_loss)


@operation
def inherit_again(actor, room: Room, *, accepts_own_loss: bool = False, seen: dict | None = None) -> None:
    """Drop a room's own list: the folder's counts again, whole."""
    _in_turn(actor, room, seen)
    if room.folder_id is None or room.kind is not RoomKind.PUBLIC:
        raise Invalid(_("This room has no folder to inherit rights from."), code="nothing_to_inherit")
    if not room.has_own_list:
        return
    db.session.execute(delete(Grant).where(Grant.scope_kind == ROOM_SCOPE, Grant.scope_id == room.id))
    room.has_own_list = False
    _written(
        actor, room, "grant.inherit", None, {"has_own_list": True}, {"has_own_list": False}, accepts_own_loss
    )


@operation
def reset_rooms(actor, folder: Folder, room_ids: list[int], *, seen: dict[int, str] | None = None) -> int:
    """Have several rooms of a folder inherit again; all of them, or none. Returns how many did.

    seen: the rooms' marks (lists.marks) as the actor saw them, None where there was no form. Error: ListsChanged when
    a room that still has its own list has another one by now, or its folder has.
    """
    managing.require_may_administer(actor, folder)
    versions.lock_row(folder)
    wanted = select(Room).where(Room.folder_id == folder.id, Room.id.in_(room_ids)).order_by(Room.id)
    rooms = db.session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).all()
    if len(rooms) != len(set(room_ids)):
        raise NotFound()
    own = [room for room in rooms if room.has_own_list]
    now = lists.marks(folder, own) if seen is not None else {}
    changed = {key for key, mark in now.items() if seen.get(key) != mark}
    if changed:
        raise ListsChanged(changed)
    for room in own:
        inherit_again(actor, room)
    return len(own)


class ListsChanged(Conflict):
    """Rooms that were to be reset are other ones than those the actor saw. rooms: their ids."""

    def __init__(self, rooms: set[int]):
        self.rooms = rooms
        super().__init__(_("Rights have changed in the meantime. Nothing is reset yet."), code="list_changed")


def _in_turn(actor, scope: Folder | Room, seen: dict | None) -> None:
    """Only one person at a time changes a list, and only the list that they have seen."""
    managing.require_may_administer(actor, scope)
    if isinstance(scope, Room) and scope.folder_id is not None:
        versions.lock_row(db.session.get(Folder, scope.folder_id))
    versions.lock_row(scope)
    if seen is not None and seen != lists.snapshot(scope):
        raise Conflict(
            _("Somebody else has changed this list in the meantime."), code="list_changed", field="principal"
        )


def checked_rights(rights) -> Right:
    """A set of rights that exists. Error: Invalid."""
    if isinstance(rights, bool) or not isinstance(rights, int) or not 0 <= int(rights) <= int(FULL):
        raise Invalid(_("These rights do not exist."), code="unknown_right", field="rights")
    return Right(rights)


def _scope_columns(scope: Folder | Room) -> dict:
    if isinstance(scope, Folder):
        return {"scope_kind": FOLDER_SCOPE, "scope_id": scope.id, "folder_id": scope.id}
    return {"scope_kind": ROOM_SCOPE, "scope_id": scope.id, "room_id": scope.id}


def _line(scope: Folder | Room, subject: Subject) -> Grant | None:
    columns = _scope_columns(scope)
    return db.session.scalars(
        select(Grant)
        .where(Grant.scope_kind == columns["scope_kind"], Grant.scope_id == scope.id)
        .where(Grant.principal == subject.principal, Grant.principal_id == subject.principal_id)
        .with_for_update()
    ).one_or_none()


def _own_list(scope: Folder | Room) -> None:
    """A room that inherits gets a list of its own, equal to what it has inherited so far."""
    if isinstance(scope, Folder) or scope.has_own_list or scope.folder_id is None:
        return
    inherited = select(Grant).where(Grant.scope_kind == FOLDER_SCOPE, Grant.scope_id == scope.folder_id)
    for line in db.session.scalars(inherited):
        copy = Grant(principal=line.principal, principal_id=line.principal_id, rights=line.rights)
        for column, value in _scope_columns(scope).items():
            setattr(copy, column, value)
        db.session.add(copy)
    scope.has_own_list = True
    db.session.flush()


def _name_of(actor, subject: Subject, *, is_known: bool = False) -> str:
    """How the trail calls a principal. Error: NotFound for somebody the actor may not see."""
    if subject.principal not in PRINCIPAL_MODELS:
        if subject.principal_id:
            raise Invalid(
                _("This principal is nobody in particular."), code="bad_principal", field="principal"
            )
        return f"[{subject.principal}]"
    row = db.session.get(PRINCIPAL_MODELS[subject.principal], subject.principal_id)
    if row is None or not (is_known or managing.may_name(actor, row)):
        raise NotFound(_("This account, group or domain is not known."), field="principal")
    return getattr(row, "address", None) or row.name


def _written(actor, scope, act, name, before, after, accepts_own_loss) -> None:
    db.session.flush()
    if isinstance(scope, Folder):
        touch_access(AccessScope.GROUP, scope.group_id)
    else:
        touch_access(AccessScope.ROOM, scope.id)
    about = {
        "kind": "folder" if isinstance(scope, Folder) else "room",
        "domain_id": managing.domain_id_of(scope),
    }
    whom = {"for": name} if name else {}
    audit.record(
        actor,
        act,
        scope,
        before=None if before is None else {**whom, **before},
        after=None if after is None else {**whom, **after},
        **about,
    )
    if not accepts_own_loss and managing.has_lost_administration(actor, scope):
        raise Conflict(
            _("You would take your own right to change rights here away. Confirm if this is what you want."),
            code="own_loss",
        )
