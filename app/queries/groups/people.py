"""People of a group and of a room, paged, each once, with how they are in and what they may do."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.errors import NotFound
from app.extensions import db
from app.models import Account, Domain, Exclusion, Group, Room, RoomKind, RoomMember
from app.queries.accounts.listing import names_match
from app.queries.groups.members import MembershipWays, ways_of
from app.queries.paging import Page, keyset, keyset_of
from app.rules import groups as group_rules
from app.rules.rights import access, audience, scope


@dataclass(frozen=True)
class PersonRow:
    """A person of a group, with the ways they are in."""

    account: Account
    ways: MembershipWays


def people_of_group(group: Group, search: str = "", cursor: str | None = None) -> Page:
    """Return a page of who is in a group, and how. The number of statements is fixed."""
    page = _page_of(group_rules.branches(group.id), search, cursor)
    accounts = [row[0] for row in page.rows]
    ways = ways_of(accounts, group)
    rows = [PersonRow(account, ways.get(account.id, MembershipWays([], 0))) for account in accounts]
    return Page(rows, page.previous, page.next)


def find_member(group: Group, account_id: int) -> Account:
    """Return a person of a group, whatever way they are in. Error: NotFound."""
    inside = group_rules.effective_members(group.id).where(Account.id == account_id)
    person = db.session.scalars(inside).unique().one_or_none()
    if person is None:
        raise NotFound()
    return person


def _page_of(branches: list, search: str, cursor: str | None) -> Page:
    """Return a page of accounts by name.

    However many there are, only the first of each branch are looked at.
    """
    if search:
        branches = [branch.where(names_match(Account, search)) for branch in branches]
    whole = select(Account).options(joinedload(Account.domain))
    return keyset_of(branches, (Account.name, Account.id), whole=whole, cursor=cursor)


def exclusions(group: Group, cursor: str | None = None) -> tuple[Page, int]:
    """Return a page of who is kept out of a group, and how many they are. Two statements."""
    statement = select(Account).join(Exclusion, Exclusion.account_id == Account.id)
    statement = statement.options(joinedload(Account.domain)).where(Exclusion.group_id == group.id)
    page = keyset(statement, (Account.name, Account.id), cursor=cursor)
    total = db.session.scalar(
        select(func.count()).select_from(Exclusion).where(Exclusion.group_id == group.id)
    )
    return Page([row[0] for row in page.rows], page.previous, page.next), total or 0


def matrix(room: Room, search: str = "", cursor: str | None = None) -> Page:
    """Return a page of (account, rights) of everybody in a room. The number of statements is fixed."""
    page = _page_of(audience.branches(room), search, cursor)
    accounts = [row[0] for row in page.rows]
    rights = access.rights_by_account(accounts, room)
    rows = [(account, rights[account.id]) for account in accounts]
    return Page(rows, page.previous, page.next)


def find_person(actor: Account, room: Room, account_id: int) -> Account:
    """Return a person whose rights can be explained: of the actor's scope, or in the room.

    Error: NotFound.
    """
    inside = audience.people_of(room).where(Account.id == account_id)
    person = db.session.scalars(inside).unique().one_or_none()
    return person if person is not None else scope.find_account(actor, account_id)


def people_to_ask_about(actor: Account, room: Room, search: str, limit: int = 20) -> list[Account]:
    """Return people who match a search: those in the room first, then accounts of the scope."""
    whole, order = select(Account).options(joinedload(Account.domain)), (Account.name, Account.id)
    inside = [branch.where(names_match(Account, search)) for branch in audience.branches(room)]
    first = [row[0] for row in keyset_of(inside, order, whole=whole, size=limit).rows]
    if len(first) == limit:
        return first
    mine = select(Account).join(Account.domain).where(scope.of_domains(actor), ~Account.is_guest)
    mine = mine.where(names_match(Account, search), Account.id.not_in([account.id for account in first]))
    return [*first, *(row[0] for row in keyset_of([mine], order, whole=whole, size=limit - len(first)).rows)]


def room_people(room: Room, search: str = "", cursor: str | None = None) -> Page:
    """Return a page of (member entry, account) of a room's own members."""
    statement = select(Account, RoomMember).join(RoomMember, RoomMember.account_id == Account.id)
    statement = statement.where(RoomMember.room_id == room.id, RoomMember.is_member)
    if search:
        statement = statement.where(names_match(Account, search))
    return keyset(statement, (Account.name, Account.id), cursor=cursor)


@dataclass(frozen=True)
class SeenRooms:
    """Rooms that an account sees: those the reader manages, and the number of others."""

    rooms: list[access.RoomAccess]
    others: int


def seen_by(actor: Account, account: Account) -> SeenRooms:
    """Return the rooms another account has, without those that are none of the administrator's business."""
    visible = access.visible_rooms(account)
    ids = [
        room_access.room.id
        for room_access in visible
        if room_access.room.kind is RoomKind.PRIVATE and room_access.room.group_id is None
    ]
    owned = (
        select(RoomMember.room_id)
        .join(Account, Account.id == RoomMember.account_id)
        .join(Domain, Domain.id == Account.domain_id)
        .where(RoomMember.room_id.in_(ids), RoomMember.is_owner, scope.of_domains(actor))
    )
    owned_ids = set(db.session.scalars(owned)) if ids else set()
    groups = {
        room_access.room.group_id
        for room_access in visible
        if room_access.room.group_id and room_access.room.kind is not RoomKind.DIRECT
    }
    mine = select(Group.id).join(Group.domain).where(Group.id.in_(groups), scope.of_domains(actor))
    inside = set(db.session.scalars(mine)) if groups else set()
    rooms = [
        room_access
        for room_access in visible
        if room_access.room.id in owned_ids or room_access.room.group_id in inside
    ]
    return SeenRooms(rooms, len(visible) - len(rooms))
