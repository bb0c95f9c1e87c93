"""Belongings of an account: groups, rooms without another owner, possible heirs, and the effects of deleting it."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, exists, func, select
from sqlalchemy.orm import aliased, joinedload, lazyload

from app.extensions import db
from app.models import (
    CLOSED,
    Account,
    AccountState,
    Domain,
    EntryKind,
    Group,
    Invitation,
    MemberEntry,
    Message,
    MessageKind,
    Principal,
    Role,
    Room,
    RoomKind,
    RoomMember,
    RoomState,
    Session,
    now,
)
from app.queries.paging import Page, keyset
from app.rules import groups as group_rules
from app.rules.groups import Way
from app.rules.rights import scope
from app.rules.rights.explanation import names_of


@dataclass(frozen=True)
class AccountWeight:
    """Numbers of what a deletion removes and what stays."""

    messages: int
    sessions: int
    groups: int
    rooms: int


@dataclass(frozen=True)
class AccountGroupRow:
    """A group of an account, with the ways it is in."""

    group: Group
    ways: list[Way]


@dataclass(frozen=True)
class Belonging:
    """The groups an account is in that the asking administrator looks after, and how many others there are.

    names: of the groups and the domain on the ways.
    """

    page: Page
    total: int
    others: int
    names: dict


def account_weight(account: Account) -> AccountWeight:
    """Count what is bound to an account. Four statements."""
    messages = select(func.count(Message.id)).where(
        Message.author_id == account.id, Message.kind == MessageKind.MESSAGE
    )
    sessions = select(func.count(Session.id)).where(
        Session.account_id == account.id, Session.revoked_at.is_(None), Session.expires_at > now()
    )
    groups = select(func.count(MemberEntry.id)).where(
        MemberEntry.kind == EntryKind.ACCOUNT, MemberEntry.principal_id == account.id
    )
    rooms = select(func.count(RoomMember.id)).where(RoomMember.account_id == account.id, RoomMember.is_member)
    return AccountWeight(*(db.session.scalar(count) or 0 for count in (messages, sessions, groups, rooms)))


def groups_of(actor: Account, account: Account, cursor: str | None = None) -> Belonging:
    """Return a page of the groups an account is in, with every way there, by name.

    The number of statements is fixed.
    """
    ways = group_rules.ways_of(account)
    visible_groups = select(Group).join(Group.domain).options(joinedload(Group.domain))
    visible_groups = visible_groups.where(Group.id.in_(ways), scope.of_domains(actor))
    page = keyset(visible_groups, (Group.name, Group.id), cursor=cursor)
    rows = [AccountGroupRow(row[0], ways[row[0].id]) for row in page.rows]
    total = db.session.scalar(
        select(func.count()).select_from(visible_groups.with_only_columns(Group.id).order_by(None).subquery())
    )
    named = {(Principal.GROUP, key) for row in rows for way in row.ways for key in way.group_ids}
    names = names_of(named | {(Principal.DOMAIN, account.domain_id)})
    return Belonging(Page(rows, page.previous, page.next), total or 0, len(ways) - (total or 0), names)


def rooms_without_heir(account: Account) -> list[Room]:
    """Private rooms, the trash excepted, that the account is the only owner of, by name."""
    other_member = aliased(RoomMember)
    has_other = exists().where(
        other_member.room_id == Room.id,
        other_member.account_id != account.id,
        other_member.is_owner,
        other_member.is_member,
    )
    statement = (
        select(Room)
        .join(RoomMember, RoomMember.room_id == Room.id)
        .where(RoomMember.account_id == account.id, RoomMember.is_member, RoomMember.is_owner, ~has_other)
        .where(Room.kind == RoomKind.PRIVATE, Room.state != RoomState.DELETED)
        .order_by(Room.name, Room.id)
    )
    return list(db.session.scalars(statement))


def owned_by(actor: Account, account: Account) -> tuple[list[Room], list[Room]]:
    """Return these rooms in two lists for an administrator of the account. Two statements.

    The first holds rooms that the administrator manages, the second private rooms in groups of others.
    """
    rooms = rooms_without_heir(account)
    groups = {room.group_id for room in rooms if room.group_id is not None}
    managed_groups = select(Group.id).join(Group.domain).where(Group.id.in_(groups), scope.of_domains(actor))
    inside = {None, *db.session.scalars(managed_groups)} if groups else {None}
    managed = [room for room in rooms if room.group_id in inside]
    return managed, [room for room in rooms if room.group_id not in inside]


def heirs_of(room: Room, account: Account, limit: int, only: int | None = None) -> list[Account]:
    """Members who could own a room after an account, the one who has been in it for longest first; guests never."""
    statement = (
        select(Account)
        .options(lazyload(Account.domain))
        .join(RoomMember, RoomMember.account_id == Account.id)
        .where(RoomMember.room_id == room.id, RoomMember.is_member, Account.id != account.id)
        .where(~Account.is_guest, Account.state.not_in(CLOSED))
        .order_by(RoomMember.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement if only is None else statement.where(Account.id == only)))


def heirs_by_room(rooms: list[Room], account: Account, limit: int) -> dict[int, list[Account]]:
    """Return the same for several rooms. One statement."""
    rank = func.row_number().over(partition_by=RoomMember.room_id, order_by=RoomMember.id).label("place")
    listed = (
        select(RoomMember.room_id, RoomMember.account_id, rank)
        .join(Account, Account.id == RoomMember.account_id)
        .where(RoomMember.room_id.in_([room.id for room in rooms]), RoomMember.is_member)
        .where(Account.id != account.id, ~Account.is_guest, Account.state.not_in(CLOSED))
        .subquery("listed")
    )
    statement = (
        select(listed.c.room_id, Account)
        .options(lazyload(Account.domain))
        .join(listed, listed.c.account_id == Account.id)
        .where(listed.c.place <= limit)
        .order_by(listed.c.room_id, listed.c.place)
    )
    heirs = defaultdict(list)
    for room_id, heir in db.session.execute(statement) if rooms else ():
        heirs[room_id].append(heir)
    return heirs


@dataclass(frozen=True)
class Entrusted:
    """Numbers of an account's guests and of its open invitations."""

    guests: int
    invitations: int

    def __bool__(self) -> bool:
        return bool(self.guests or self.invitations)


def entrusted_to(account: Account) -> Entrusted:
    """Count an account's guests and open invitations. Two statements."""
    guests = select(func.count(Account.id)).where(*guests_of(account))
    invitations = select(func.count(Invitation.id)).where(*unanswered_of(account))
    return Entrusted(db.session.scalar(guests) or 0, db.session.scalar(invitations) or 0)


def guests_of(account: Account) -> tuple:
    """Return conditions on Account: the guests of a sponsor."""
    return (Account.sponsor_id == account.id, Account.is_guest, Account.state != AccountState.DELETED)


def unanswered_of(account: Account) -> tuple:
    """Return conditions on Invitation: an inviter's that can still be answered, or sent again once expired."""
    return (
        Invitation.inviter_id == account.id,
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
    )


def successors(actor: Account, account: Account, limit: int) -> list[Account]:
    """Return possible successors of a sponsor: the asking administrator first, where they are of its domain.

    Then the domain's other administrators, then its people by name. Two statements.
    """
    return _ordered(actor, _able(account.domain_id).where(Account.id != account.id), limit)


def able_in(actor: Account, domain: Domain, limit: int) -> list[Account]:
    """Return possible sponsors in a domain, in the same order. Two statements."""
    return _ordered(actor, _able(domain.id), limit)


def successor(account: Account, successor_id: int) -> Account | None:
    """Return one of them by id."""
    able = _able(account.domain_id).where(Account.id != account.id)
    return db.session.scalars(able.where(Account.id == successor_id)).one_or_none()


def _ordered(actor: Account, able: Any, limit: int) -> list[Account]:
    actor_first = case((Account.id == actor.id, 0), else_=1)
    administrators = able.where(Account.role != Role.USER).order_by(actor_first, Account.id)
    accounts = list(db.session.scalars(administrators.limit(limit)))
    people = able.where(Account.role == Role.USER).order_by(Account.name, Account.id)
    return accounts + list(db.session.scalars(people.limit(limit - len(accounts))))


def _able(domain_id: int) -> Select:
    """Of the same domain, so that its administrators and its limits stay the guests'; a suspended domain keeps them."""
    return (
        select(Account)
        .options(lazyload(Account.domain))
        .where(Account.domain_id == domain_id, ~Account.is_guest, Account.state.not_in(CLOSED))
    )
