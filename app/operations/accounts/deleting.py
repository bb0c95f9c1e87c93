"""An account is deleted: what was said stays under its name, everything else goes."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from app.errors import Invalid
from app.events import RoomChanged
from app.extensions import db
from app.identity import SYSTEM
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
from app.queries.accounts import heirs_of, owned_by
from app.queries.sessions import open_sessions
from app.transaction import operation, publish, touch_access


class OwnedRooms(StrEnum):
    """What becomes of the private rooms that only the account owns."""

    LONGEST = "longest"
    """The member who has been in the room for longest owns it; a room without any goes into the trash."""
    DELETE = "delete"


@dataclass
class DeletionCounts:
    """How much a deletion has taken away, and who answers for the guests now, for the trail."""

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
    actor,
    account: Account,
    *,
    owned: OwnedRooms = OwnedRooms.LONGEST,
    heirs: Mapping[int, int | OwnedRooms] | None = None,
    sponsor: int | Successor = Successor.FIRST,
) -> Account:
    """Delete an account of one's scope: never one's own, the last server administrator's, nor a role above.

    owned: what becomes of its private rooms; heirs says so room by room, with the id of the member who shall own one.
    sponsor: the id of who shall answer for its guests, and for those it has invited.
    Its messages stay under its name, its address is free again. Errors: NotFound, Forbidden, Invalid.
    """
    account = lock_account(actor, account)
    if account.id == actor.id:
        raise Invalid(_("This is your own account: somebody else must delete it."), code="own_account")
    if account.role is Role.SERVER:
        require_another_server_administrator(account)
    return erase_account(actor, account, owned=owned, heirs=heirs, sponsor=sponsor)


@operation
def erase_account(
    actor,
    account: Account,
    *,
    owned: OwnedRooms = OwnedRooms.LONGEST,
    heirs=None,
    sponsor: int | Successor = Successor.FIRST,
) -> Account:
    """Take away all of an account but its name and what it has said. The caller has checked that it may go."""
    parting, address, domain_id = DeletionCounts(), account.address, account.domain_id
    _part_with_rooms(actor, account, owned, heirs or {}, parting)
    _part_with_guests(actor, account, sponsor, parting)
    _end_sessions(account, parting)
    _take_away(account, parting)
    _close(account)
    touch_access(AccessScope.ACCOUNT, account.id)
    numbers = {one.name: getattr(parting, one.name) for one in fields(parting)}
    before = {"name": account.name, "address": address}
    audit.record(
        actor, "account.delete", account, before=before, after=numbers, name=address, domain_id=domain_id
    )
    return account


def _part_with_rooms(
    actor, account: Account, owned: OwnedRooms, heirs: Mapping, parting: DeletionCounts
) -> None:
    """What stands in groups that others look after is none of the actor's business: it goes to the longest member."""
    own, of_others = owned_by(actor, account)
    for room in own:
        _part_with_room(actor, room, account, heirs.get(room.id, owned), parting)
    for room in of_others:
        _part_with_room(SYSTEM, room, account, OwnedRooms.LONGEST, parting)
    mine = RoomMember.account_id == account.id
    parting.rooms = db.session.scalar(
        select(func.count()).select_from(RoomMember).where(mine, RoomMember.is_member)
    )
    direct = select(Room.id).where(Room.kind == RoomKind.DIRECT)
    _leave_direct(account, direct)
    _run(delete(RoomMember).where(mine, RoomMember.room_id.not_in(direct)))


def _part_with_room(actor, room: Room, account: Account, wish, parting: DeletionCounts) -> None:
    if wish is OwnedRooms.LONGEST:
        found = heirs_of(room, account, limit=1)
        wish = found[0].id if found else OwnedRooms.DELETE
    if wish is OwnedRooms.DELETE:
        rooms.delete_room(actor, room)
        parting.deleted_rooms += 1
        return
    heir = next(iter(heirs_of(room, account, limit=1, only=int(wish))), None)
    if heir is None:
        raise Invalid(
            _("Choose a member of the room %(name)s to hand it over to.", name=room.name),
            code="no_such_heir",
            field="rooms",
        )
    rooms.hand_over(actor, room, heir)
    parting.handed_over += 1


def _part_with_guests(actor, account: Account, wish: int | Successor, parting: DeletionCounts) -> None:
    handed = entrust_guests(actor, account, wish)
    parting.guests, parting.invitations, parting.sponsor = handed.guests, handed.invitations, handed.sponsor


def _leave_direct(account: Account, direct) -> None:
    """The others keep their conversations, and read who has gone; who is alone in one can only read it."""
    mine = (RoomMember.account_id == account.id, RoomMember.room_id.in_(direct))
    _run(update(RoomMember).where(*mine).values(is_member=False, is_owner=False))
    left = (
        select(RoomMember.room_id)
        .where(RoomMember.room_id.in_(select(RoomMember.room_id).where(*mine)), RoomMember.is_member)
        .group_by(RoomMember.room_id)
        .having(func.count() < 2)
    )
    for room_id in db.session.scalars(left).all():
        _run(update(Room).where(Room.id == room_id).values(state=RoomState.ARCHIVED))
        touch_access(AccessScope.ROOM, room_id)
        publish(RoomChanged(room_id, None))


def _end_sessions(account: Account, parting: DeletionCounts) -> None:
    found = open_sessions(account)
    for session in found:
        end_session(session)
    parting.devices = len(found)


def _take_away(account: Account, parting: DeletionCounts) -> None:
    named = {
        column.class_.__name__: _run(delete(column.class_).where(column == account.id))
        for column in DELETED_WITH_ACCOUNT
    }
    parting.groups = named["MemberEntry"]
    mine = (Grant.principal == Principal.ACCOUNT, Grant.principal_id == account.id)
    parting.grants = _run(delete(Grant).where(*mine))
    waiting = (OutgoingMail.state == WorkState.WAITING, OutgoingMail.recipient == account.address)
    _run(update(OutgoingMail).where(*waiting).values(state=WorkState.CANCELLED, finished_at=now()))


def _close(account: Account) -> None:
    """What is left of the row: a name, in the domain that nobody sees."""
    shelter = ensure_internal_domain()
    values = {"role": Role.USER, "state": AccountState.DELETED, "deleted_at": now(), "password_hash": None}
    values |= {"domain_id": shelter.id, "address": f"deleted-{account.id}@{INTERNAL_DOMAIN}"}
    values |= {"last_sign_in_ip": None, "password_link_until": None}
    values |= {"password_generation": account.password_generation + 1}
    versions.apply_values(
        account, values | {f"has_{name}": False for name in ("groupware", "webdav", "teamchat")}
    )
    db.session.flush()
    db.session.refresh(account, ["domain"])


def _run(statement) -> int:
    return db.session.execute(statement, execution_options={"synchronize_session": False}).rowcount
