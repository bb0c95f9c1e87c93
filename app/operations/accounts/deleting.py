"""Handover of guests and unanswered invitations when their sponsor's account is deleted."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import Case, Row, Select, case, delete, func, select, update

from app.errors import Invalid
from app.events import RoomChanged
from app.extensions import db
from app.identity import SYSTEM
from app.models import (
    CLOSED,
    INTERNAL_DOMAIN,
    AccessScope,
    Account,
    AccountState,
    Address,
    AdministeredDomain,
    AuditEntry,
    ContactCard,
    Exclusion,
    Grant,
    Invitation,
    MemberEntry,
    Mention,
    Message,
    MessageVersion,
    OutgoingMail,
    Picture,
    Principal,
    ReadMark,
    Role,
    Room,
    RoomKind,
    RoomMember,
    RoomState,
    Session,
    WorkState,
    now,
)
from app.operations import audit, locks, rooms
from app.operations.accounts.addresses import ensure_internal_domain
from app.operations.accounts.editing import lock_account, require_another_server_administrator
from app.operations.locks import execute_update
from app.operations.sessions import end_session
from app.queries.accounts.belongings import (
    entrusted_to,
    guests_of,
    heirs_of,
    owned_by,
    successor,
    successors,
    unanswered_of,
)
from app.queries.sessions import open_sessions
from app.transaction import operation, publish, touch_access

# Up to so many guests get an audit entry each; beyond, only the account's entry gives their number.
AUDITED_GUESTS_MAX = 200


class Successor(StrEnum):
    """Choice of the next sponsor where no account is named."""

    # The person who deletes the account, if of its domain; else the domain's first administrator,
    # else its first person.
    FIRST = "first"
    # The guests stay, and server administrators look after them; invitations are revoked.
    NOBODY = "nobody"


@dataclass(frozen=True)
class Handover:
    """Numbers of what was handed over, and the address of the new sponsor, None without one."""

    guests: int = 0
    invitations: int = 0
    sponsor: str | None = None


def entrust_guests(actor: Account, account: Account, choice: int | Successor) -> Handover:
    """Hand over the guests and unanswered invitations of an account.

    choice: the id of an active account of the same domain, or a Successor. Error: Invalid.
    """
    if account.is_guest or not entrusted_to(account):
        return Handover()
    sponsor = _lock_sponsor(account, _chosen_sponsor(actor, account, choice))
    if sponsor is None:
        return Handover(invitations=_revoke_invitations(account))
    # Invitations go first: a person who registers by one holds its lock, and is among the guests afterwards.
    statement = update(Invitation).where(*unanswered_of(account)).values(inviter_id=sponsor.id)
    invitations = locks.execute_update(statement, synchronize="auto")
    return Handover(_hand_over_guests(actor, account, sponsor), invitations, sponsor.address)


def _chosen_sponsor(actor: Account, account: Account, choice: int | Successor) -> Account | None:
    if choice is Successor.NOBODY:
        return None
    if choice is Successor.FIRST:
        return next(iter(successors(actor, account, limit=1)), None)
    sponsor = successor(account, int(choice))
    if sponsor is None:
        raise _no_such_sponsor()
    return sponsor


def _lock_sponsor(account: Account, sponsor: Account | None) -> Account | None:
    """Lock the new sponsor and check them again: two deletions at once must not entrust guests to each other."""
    if sponsor is None:
        return None
    sponsor = locks.lock_row(sponsor)
    if sponsor.state in CLOSED or sponsor.domain_id != account.domain_id:
        raise _no_such_sponsor()
    return sponsor


def _no_such_sponsor() -> Invalid:
    return Invalid(
        _("Choose an active account of the same domain as the guests’ sponsor."),
        code="no_such_sponsor",
        field="sponsor",
    )


def _hand_over_guests(actor: Account, account: Account, sponsor: Account) -> int:
    is_own_guest = guests_of(account)
    addresses = select(Account.id, Account.address).where(*is_own_guest).order_by(Account.id)
    guests = db.session.execute(addresses.limit(AUDITED_GUESTS_MAX + 1)).all()
    values = {
        "sponsor_id": sponsor.id,
        "link_generation": _next_link_generation(),
        "row_version": Account.row_version + 1,
    }
    statement = update(Account).where(*is_own_guest).values(**values)
    count = locks.execute_update(statement, synchronize="auto")
    if len(guests) <= AUDITED_GUESTS_MAX:
        _audit_each_guest(actor, account, sponsor, guests)
    return count


def _next_link_generation() -> Case[int]:
    """End the links to extend, which the former sponsor was mailed, but not those that confirm an address."""
    return case(
        (Account.verified_at.is_not(None), Account.link_generation + 1), else_=Account.link_generation
    )


def _audit_each_guest(
    actor: Account, account: Account, sponsor: Account, guests: Sequence[Row[int, str]]
) -> None:
    for guest_id, address in guests:
        audit.record(
            actor,
            "guest.sponsor",
            kind="account",
            id=guest_id,
            name=address,
            domain_id=account.domain_id,
            before={"sponsor": account.address},
            after={"sponsor": sponsor.address},
        )


def _revoke_invitations(account: Account) -> int:
    values = {"revoked_at": now(), "generation": Invitation.generation + 1}
    statement = update(Invitation).where(*unanswered_of(account)).values(**values)
    return locks.execute_update(statement, synchronize="auto")


# These rows have no meaning without the account.
DELETED_WITH_ACCOUNT = (
    Address.account_id,
    AdministeredDomain.account_id,
    ContactCard.account_id,
    Exclusion.account_id,
    MemberEntry.account_id,
    Mention.account_id,
    Picture.account_id,
    ReadMark.account_id,
)

# These rows matter to other people: they stay and show the name of the deleted account.
KEPT_WITH_NAME = (
    AuditEntry.actor_id,
    Invitation.account_id,
    Message.author_id,
    Message.deleted_by_id,
    MessageVersion.edited_by_id,
    Room.created_by_id,
)

# deleting.py hands rooms over and ends sessions; entrusting.py gives guests and unanswered invitations a new sponsor.
# Answered invitations keep the name of the deleted account.
HANDLED_APART = (RoomMember.account_id, Session.account_id, Account.sponsor_id, Invitation.inviter_id)


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
    actor: Account, room: Room, account: Account, choice: int | OwnedRooms, counts: DeletionCounts
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
    locks.apply_values(account, values)
    db.session.flush()
    db.session.refresh(account, ["domain"])
