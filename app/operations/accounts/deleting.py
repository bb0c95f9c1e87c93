"""Deletion of accounts: messages stay under the person's name, everything else goes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import Select, delete, func, select, update

from app.errors import Invalid
from app.events import RoomChanged
from app.extensions import db
from app.identity import SYSTEM, System
from app.models import (
    INTERNAL_DOMAIN,
    AccessScope,
    Account,
    AccountState,
    Grant,
    OutgoingMail,
    Principal,
    Role,
    Room,
    RoomKind,
    RoomMember,
    RoomState,
    WorkState,
    now,
)
from app.operations import audit, rooms, versions
from app.operations.accounts.belongings import DELETED_WITH_ACCOUNT
from app.operations.accounts.editing import lock_account
from app.operations.accounts.entrusting import Successor, entrust_guests
from app.operations.accounts.powers import require_another_server_administrator
from app.operations.internal import ensure_internal_domain
from app.operations.sessions import end_session
from app.operations.versions import execute_update
from app.queries.accounts import heirs_of, owned_by
from app.queries.sessions import open_sessions
from app.transaction import operation, publish, touch_access


class OwnedRooms(StrEnum):
    """Fate of the private rooms that only the deleted account owns."""

    # The member who has been in the room for longest owns it; a room without other members goes into the trash.
    LONGEST = "longest"
    DELETE = "delete"


@dataclass
class DeletionCounts:
    """Numbers of what a deletion has removed and handed over, for its audit entry. The names are stored there."""

    devices: int = 0
    groups: int = 0
    grants: int = 0
    rooms: int = 0
    handed_over: int = 0
    deleted_rooms: int = 0
    guests: int = 0
    invitations: int = 0
    sponsor: str | None = None


@operation
def delete_account(
    actor: Account,
    account: Account,
    *,
    owned: OwnedRooms = OwnedRooms.LONGEST,
    heirs: Mapping[int, int | OwnedRooms] | None = None,
    sponsor: int | Successor = Successor.FIRST,
) -> Account:
    """Delete an account of the actor's scope, except their own, the last server administrator's and higher roles.

    Its messages stay under its name, its address is free again.
    owned: what happens to its private rooms. heirs: the same by room id, or the id of the member to own the room.
    sponsor: the id of the account that takes over its guests and invitations, or a Successor.
    Errors: NotFound, Forbidden, Invalid.
    """
    account = lock_account(actor, account)
    if account.id == actor.id:
        raise Invalid(_("This is your own account: somebody else must delete it."), code="own_account")
    if account.role is Role.SERVER:
        require_another_server_administrator(account)
    return erase_account(actor, account, owned=owned, heirs=heirs, sponsor=sponsor)


@operation
def erase_account(
    actor: Account,
    account: Account,
    *,
    owned: OwnedRooms = OwnedRooms.LONGEST,
    heirs: Mapping[int, int | OwnedRooms] | None = None,
    sponsor: int | Successor = Successor.FIRST,
) -> Account:
    """Remove all of an account except its name and messages. The caller has checked that the actor may."""
    counts, address, domain_id = DeletionCounts(), account.address, account.domain_id
    _leave_rooms(actor, account, owned, heirs or {}, counts)
    handover = entrust_guests(actor, account, sponsor)
    counts.guests, counts.invitations, counts.sponsor = (
        handover.guests,
        handover.invitations,
        handover.sponsor,
    )
    _end_sessions(account, counts)
    _delete_rows(account, counts)
    _close_account(account)
    touch_access(AccessScope.ACCOUNT, account.id)
    audit.record(
        actor,
        "account.delete",
        account,
        before={"name": account.name, "address": address},
        after=asdict(counts),
        name=address,
        domain_id=domain_id,
    )
    return account


def _leave_rooms(
    actor: Account,
    account: Account,
    owned: OwnedRooms,
    heirs: Mapping[int, int | OwnedRooms],
    counts: DeletionCounts,
) -> None:
    rooms_in_scope, other_rooms = owned_by(actor, account)
    for room in rooms_in_scope:
        _give_up_room(actor, room, account, heirs.get(room.id, owned), counts)
    # The actor has no say in rooms of groups that others administer.
    for room in other_rooms:
        _give_up_room(SYSTEM, room, account, OwnedRooms.LONGEST, counts)
    is_own = RoomMember.account_id == account.id
    member_rooms = select(func.count()).select_from(RoomMember).where(is_own, RoomMember.is_member)
    counts.rooms = db.session.scalar(member_rooms) or 0
    direct_rooms = select(Room.id).where(Room.kind == RoomKind.DIRECT)
    _leave_direct_rooms(account, direct_rooms)
    execute_update(delete(RoomMember).where(is_own, RoomMember.room_id.not_in(direct_rooms)))


def _give_up_room(
    actor: Account | System, room: Room, account: Account, choice: int | OwnedRooms, counts: DeletionCounts
) -> None:
    only = None if isinstance(choice, OwnedRooms) else int(choice)
    new_owner = None
    if choice is not OwnedRooms.DELETE:
        new_owner = next(iter(heirs_of(room, account, limit=1, only=only)), None)
    if new_owner is not None:
        rooms.hand_over(actor, room, new_owner)
        counts.handed_over += 1
    elif only is None:
        rooms.delete_room(actor, room)
        counts.deleted_rooms += 1
    else:
        raise _no_such_heir(room)


def _no_such_heir(room: Room) -> Invalid:
    return Invalid(
        _("Choose a member of the room %(name)s to hand it over to.", name=room.name),
        code="no_such_heir",
        field="rooms",
    )


def _leave_direct_rooms(account: Account, direct_rooms: Select[int]) -> None:
    """Keep the others' conversations. One that has a single member left becomes read-only."""
    is_own = (RoomMember.account_id == account.id, RoomMember.room_id.in_(direct_rooms))
    execute_update(update(RoomMember).where(*is_own).values(is_member=False, is_owner=False))
    single_member_rooms = (
        select(RoomMember.room_id)
        .where(RoomMember.room_id.in_(select(RoomMember.room_id).where(*is_own)), RoomMember.is_member)
        .group_by(RoomMember.room_id)
        .having(func.count() < 2)
    )
    for room_id in db.session.scalars(single_member_rooms).all():
        execute_update(update(Room).where(Room.id == room_id).values(state=RoomState.ARCHIVED))
        touch_access(AccessScope.ROOM, room_id)
        publish(RoomChanged(room_id, None))


def _end_sessions(account: Account, counts: DeletionCounts) -> None:
    sessions = open_sessions(account)
    for session in sessions:
        end_session(session)
    counts.devices = len(sessions)


def _delete_rows(account: Account, counts: DeletionCounts) -> None:
    deleted = {
        column.class_.__name__: execute_update(delete(column.class_).where(column == account.id))
        for column in DELETED_WITH_ACCOUNT
    }
    counts.groups = deleted["MemberEntry"]
    is_own_grant = (Grant.principal == Principal.ACCOUNT, Grant.principal_id == account.id)
    counts.grants = execute_update(delete(Grant).where(*is_own_grant))
    is_waiting = (OutgoingMail.state == WorkState.WAITING, OutgoingMail.recipient == account.address)
    execute_update(
        update(OutgoingMail).where(*is_waiting).values(state=WorkState.CANCELLED, finished_at=now())
    )


def _close_account(account: Account) -> None:
    """Keep only the name of an account, in the internal domain, which is hidden."""
    values = {
        "role": Role.USER,
        "state": AccountState.DELETED,
        "deleted_at": now(),
        "password_hash": None,
        "domain_id": ensure_internal_domain().id,
        "address": f"deleted-{account.id}@{INTERNAL_DOMAIN}",
        "last_sign_in_ip": None,
        "password_link_until": None,
        "password_generation": account.password_generation + 1,
        "has_groupware": False,
        "has_webdav": False,
        "has_teamchat": False,
    }
    versions.apply_values(account, values)
    db.session.flush()
    db.session.refresh(account, ["domain"])
