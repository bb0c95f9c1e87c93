"""Grants of rights on a group's TeamChat folder or on a room: set, removed, and inherited again."""

from dataclasses import dataclass
from typing import Any

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
from app.operations import audit, locks
from app.rules import rooms as room_rules
from app.rules.rights import FULL, Right, lists, preset_of
from app.transaction import operation, touch_access

# Principals that name a row; the others are whole classes of people.
PRINCIPAL_MODELS: dict[Principal, type[Account | Group | Domain]] = {
    Principal.ACCOUNT: Account,
    Principal.GROUP: Group,
    Principal.DOMAIN: Domain,
}


@dataclass(frozen=True)
class Subject:
    """The principal of a grant: its kind, and an id where the kind is one of PRINCIPAL_MODELS."""

    principal: Principal
    principal_id: int = 0


class ListsChanged(Conflict):
    """Refusal to reset rooms whose rights have changed since the actor saw them. rooms: their ids."""

    def __init__(self, rooms: set[int]) -> None:
        self.rooms = rooms
        super().__init__(_("Rights have changed in the meantime. Nothing is reset yet."), code="list_changed")


@operation
def set_grant(
    actor: Account,
    scope: Folder | Room,
    subject: Subject,
    rights: Right,
    *,
    accepts_own_loss: bool = False,
    seen: dict[str, int] | None = None,
) -> Grant:
    """Give a principal exactly these rights in a folder or a room.

    On a room that inherits, the inherited grants are copied first, so that nobody else's rights change.
    accepts_own_loss: the actor knows that they lose their own right to administer.
    seen: the list as the actor saw it (lists.snapshot), None where there was no form.
    Errors: NotFound; Forbidden; Invalid; Conflict if the list has changed, or for an own loss that is not accepted.
    """
    _lock_list(actor, scope, seen)
    rights = checked_rights(rights)
    _ensure_own_list(scope)
    grant = _locked_grant(scope, subject)
    name = _principal_name(actor, subject, is_listed=grant is not None)
    before = _audited_rights(Right(grant.rights)) if grant else None
    if grant is None:
        grant = Grant(**_scope_columns(scope), principal=subject.principal, principal_id=subject.principal_id)
        db.session.add(grant)
    grant.rights = int(rights)
    _finish_change(
        actor, scope, "grant.set", _with_name(name, before), _with_name(name, _audited_rights(rights))
    )
    _require_no_own_loss(actor, scope, accepts_own_loss=accepts_own_loss)
    return grant


@operation
def set_grants(
    actor: Account,
    scope: Folder | Room,
    subjects: list[Subject],
    rights: Right,
    *,
    accepts_own_loss: bool = False,
    seen: dict[str, int] | None = None,
) -> int:
    """Give several principals the same rights, all or none, as set_grant does. Return their number."""
    if not subjects:
        raise Invalid(_("Choose at least one."), code="nobody_chosen", field="principal")
    _lock_list(actor, scope, seen)
    for subject in subjects:
        set_grant(actor, scope, subject, rights, accepts_own_loss=accepts_own_loss)
    return len(subjects)


@operation
def remove_grant(
    actor: Account,
    scope: Folder | Room,
    subject: Subject,
    *,
    accepts_own_loss: bool = False,
    seen: dict[str, int] | None = None,
) -> None:
    """Remove a principal from a list: the next grant that matches its people applies. Arguments as of set_grant."""
    _lock_list(actor, scope, seen)
    _ensure_own_list(scope)
    grant = _locked_grant(scope, subject)
    if grant is None:
        raise NotFound()
    before = _audited_rights(Right(grant.rights))
    name = _principal_name(actor, subject, is_listed=True)
    db.session.delete(grant)
    _finish_change(actor, scope, "grant.remove", _with_name(name, before), None)
    _require_no_own_loss(actor, scope, accepts_own_loss=accepts_own_loss)


@operation
def inherit_again(
    actor: Account, room: Room, *, accepts_own_loss: bool = False, seen: dict[str, int] | None = None
) -> None:
    """Delete a room's own list, so that the folder's applies. Arguments as of set_grant."""
    _lock_list(actor, room, seen)
    if room.folder_id is None or room.kind is not RoomKind.PUBLIC:
        raise Invalid(_("This room has no folder to inherit rights from."), code="nothing_to_inherit")
    if not room.has_own_list:
        return
    db.session.execute(delete(Grant).where(Grant.scope_kind == ROOM_SCOPE, Grant.scope_id == room.id))
    room.has_own_list = False
    _finish_change(actor, room, "grant.inherit", {"has_own_list": True}, {"has_own_list": False})
    _require_no_own_loss(actor, room, accepts_own_loss=accepts_own_loss)


@operation
def reset_rooms(
    actor: Account, folder: Folder, room_ids: list[int], *, seen: dict[int, str] | None = None
) -> int:
    """Have rooms of a folder inherit again, all or none. Return the number of those that had lists of their own.

    seen: the marks of the rooms (lists.marks) as the actor saw them, None where there was no form.
    Errors: NotFound; Forbidden; ListsChanged if a room that still has its own list, or its folder, has changed.
    """
    room_rules.require_may_administer(actor, folder)
    locks.lock_row(folder)
    statement = select(Room).where(Room.folder_id == folder.id, Room.id.in_(room_ids)).order_by(Room.id)
    rooms = db.session.scalars(statement.with_for_update().execution_options(populate_existing=True)).all()
    if len(rooms) != len(set(room_ids)):
        raise NotFound()
    own_lists = [room for room in rooms if room.has_own_list]
    if seen is not None:
        marks = lists.marks(folder, own_lists)
        changed = {room_id for room_id, mark in marks.items() if seen.get(room_id) != mark}
        if changed:
            raise ListsChanged(changed)
    for room in own_lists:
        inherit_again(actor, room)
    return len(own_lists)


def _lock_list(actor: Account, scope: Folder | Room, seen: dict[str, int] | None) -> None:
    """Let one person at a time change a list, and only the list that they have seen."""
    room_rules.require_may_administer(actor, scope)
    if isinstance(scope, Room) and scope.folder_id is not None:
        locks.lock_row(db.session.get(Folder, scope.folder_id))
    locks.lock_row(scope)
    if seen is not None and seen != lists.snapshot(scope):
        raise Conflict(
            _("Somebody else changed this list in the meantime."), code="list_changed", field="principal"
        )


def checked_rights(rights: Any) -> Right:
    """Return a set of rights from its number. Error: Invalid for anything else."""
    if isinstance(rights, bool) or not isinstance(rights, int) or not 0 <= int(rights) <= int(FULL):
        raise Invalid(_("These rights do not exist."), code="unknown_right", field="rights")
    return Right(rights)


def _scope_columns(scope: Folder | Room) -> dict[str, int]:
    if isinstance(scope, Folder):
        return {"scope_kind": FOLDER_SCOPE, "scope_id": scope.id, "folder_id": scope.id}
    return {"scope_kind": ROOM_SCOPE, "scope_id": scope.id, "room_id": scope.id}


def _locked_grant(scope: Folder | Room, subject: Subject) -> Grant | None:
    columns = _scope_columns(scope)
    return db.session.scalars(
        select(Grant)
        .where(Grant.scope_kind == columns["scope_kind"], Grant.scope_id == scope.id)
        .where(Grant.principal == subject.principal, Grant.principal_id == subject.principal_id)
        .with_for_update()
    ).one_or_none()


def _ensure_own_list(scope: Folder | Room) -> None:
    """Give a room that inherits a list of its own, equal to the inherited one."""
    if isinstance(scope, Folder) or scope.has_own_list or scope.folder_id is None:
        return
    inherited = select(Grant).where(Grant.scope_kind == FOLDER_SCOPE, Grant.scope_id == scope.folder_id)
    columns = _scope_columns(scope)
    for grant in db.session.scalars(inherited):
        db.session.add(
            Grant(**columns, principal=grant.principal, principal_id=grant.principal_id, rights=grant.rights)
        )
    scope.has_own_list = True
    db.session.flush()


def _principal_name(actor: Account, subject: Subject, *, is_listed: bool) -> str:
    """Return the name of a principal in the audit log.

    is_listed: the principal is in the list already. Errors: NotFound for others that the actor may not see; Invalid.
    """
    if subject.principal not in PRINCIPAL_MODELS:
        if subject.principal_id:
            raise Invalid(_("This line does not name one person."), code="bad_principal", field="principal")
        return f"[{subject.principal}]"
    model: Any = PRINCIPAL_MODELS[subject.principal]
    row: Account | Group | Domain | None = db.session.get(model, subject.principal_id)
    if row is None or not (is_listed or room_rules.may_name(actor, row)):
        raise NotFound(_("This account, group or domain is not known."), field="principal")
    return row.name if isinstance(row, Domain) else row.address


def _audited_rights(rights: Right) -> dict[str, Any]:
    return {"rights": int(rights), "preset": preset_of(rights)}


def _with_name(name: str, rights: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if rights is None else {"for": name, **rights}


def _finish_change(
    actor: Account,
    scope: Folder | Room,
    act: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    db.session.flush()
    if isinstance(scope, Folder):
        touch_access(AccessScope.GROUP, scope.group_id)
    else:
        touch_access(AccessScope.ROOM, scope.id)
    audit.record(
        actor,
        act,
        scope,
        before=before,
        after=after,
        kind="folder" if isinstance(scope, Folder) else "room",
        domain_id=room_rules.domain_id_of(scope),
    )


def _require_no_own_loss(actor: Account, scope: Folder | Room, *, accepts_own_loss: bool) -> None:
    if not accepts_own_loss and room_rules.has_lost_administration(actor, scope):
        raise Conflict(
            _("You would lose your own right to change rights here. Confirm if this is what you want."),
            code="own_loss",
        )
