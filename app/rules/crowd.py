"""Membership and rights of many people at once, with the answers that membership and explain give about one."""

from collections import defaultdict

from sqlalchemy import and_, exists, or_, select

from app.extensions import db
from app.models import (
    Account,
    AccountState,
    EntryKind,
    Exclusion,
    Grant,
    Group,
    MemberEntry,
    Principal,
    Room,
    RoomKind,
    RoomMember,
    RoomState,
)
from app.rules import membership, policies, server, standing
from app.rules.membership import Way, edges_below, shortest
from app.rules.rights import Line, Person, Right, Standing, resolve


def groups_of(accounts: list[Account], among) -> dict[int, frozenset[int]]:
    """Which of these groups each account is in, guests in none. One statement."""
    ids = [account.id for account in accounts if not account.is_guest]
    if not ids or not among:
        return {}
    start = (
        select(Account.id.label("account_id"), MemberEntry.group_id.label("group_id"))
        .join(MemberEntry, _names_account())
        .where(Account.id.in_(ids), ~_is_excluded(Account.id, MemberEntry.group_id))
    )
    reach = start.cte(recursive=True)
    step = (
        select(reach.c.account_id, MemberEntry.group_id)
        .where(MemberEntry.kind == EntryKind.GROUP, MemberEntry.principal_id == reach.c.group_id)
        .where(~_is_excluded(reach.c.account_id, MemberEntry.group_id))
    )
    reach = reach.union(step)
    found = defaultdict(set)
    for account_id, group_id in db.session.execute(select(reach).where(reach.c.group_id.in_(among))):
        found[account_id].add(group_id)
    return {account_id: frozenset(groups) for account_id, groups in found.items()}


def ways_in(accounts: list[Account], group_id: int) -> dict[int, list[Way]]:
    """How each account is in a group, the shortest way first. Three statements."""
    ids = [account.id for account in accounts]
    below = select(membership.inner_groups(group_id).c.group_id)
    entries = (
        select(Account.id, MemberEntry.id, MemberEntry.group_id, MemberEntry.kind)
        .join(MemberEntry, _names_account())
        .where(Account.id.in_(ids), MemberEntry.group_id.in_(below))
    )
    rows = db.session.execute(entries).all() if ids else []
    excluded = _exclusions(ids)
    edges = edges_below(group_id)
    found = defaultdict(list)
    for account_id, entry_id, holder, kind in rows:
        path = shortest(group_id, holder, edges, excluded[account_id])
        if path:
            found[account_id].append(Way(path, entry_id, kind))
    for ways in found.values():
        ways.sort(key=lambda way: (len(way.group_ids), way.kind != EntryKind.ACCOUNT, way.entry_id))
    return found


def rights_in(accounts: list[Account], room: Room) -> dict[int, Right]:
    """What each of these accounts may do in a room. A fixed number of statements."""
    state = server.state()
    if not state.chat_runs or room.state is RoomState.DELETED or not _is_group_on(room):
        return {account.id: Right.NONE for account in accounts}
    lines = _all_lines(standing.scope_of(room))
    named = {line.principal_id for line in lines if line.principal is Principal.GROUP}
    groups = groups_of(accounts, named | ({room.group_id} if room.group_id else set()))
    members = _members(accounts, room)
    answers = {}
    for account in accounts:
        person = Person(account.id, account.domain_id, groups.get(account.id, frozenset()), account.is_guest)
        how = _standing(account, person, room, members.get(account.id), state)
        answers[account.id] = resolve(person, how, lines)
    return answers


def people_of(room: Room):
    """A statement of everybody the door of a room is open to, each once."""
    entries = select(RoomMember.account_id).where(RoomMember.room_id == room.id, RoomMember.is_member)
    invited = select(Account.id).where(Account.id.in_(entries))
    if room.group_id is None or room.kind is not RoomKind.PUBLIC:
        return select(Account).where(Account.id.in_(invited))
    inside = membership.effective_members(room.group_id).with_only_columns(Account.id)
    guests = invited.where(Account.is_guest)
    return select(Account).where(or_(Account.id.in_(inside), Account.id.in_(guests)))


def branches(room: Room) -> list:
    """People of people_of(), each in one of these statements only, and each statement with an index of its own."""
    if room.group_id is None or room.kind is not RoomKind.PUBLIC:
        return [people_of(room)]
    entries = select(RoomMember.account_id).where(RoomMember.room_id == room.id, RoomMember.is_member)
    guests = select(Account).where(Account.id.in_(entries), Account.is_guest)
    return [*membership.branches(room.group_id), guests]


def _standing(account, person, room, member, state) -> Standing:
    is_on = policies.account_has(account, policies.Feature.TEAMCHAT)
    is_muted = account.state is AccountState.MUTED or state.is_read_only
    return Standing(
        is_inside=is_on and standing.is_inside(person, room, member),
        is_owner=standing.is_owner(room, member),
        is_read_only=is_muted or room.state is RoomState.ARCHIVED,
    )


def _is_group_on(room: Room) -> bool:
    if room.group_id is None:
        return True
    group = db.session.get(Group, room.group_id)
    return group.has_teamchat and policies.domain_has(group.domain, policies.Feature.TEAMCHAT)


def _all_lines(scope: tuple[int, int]) -> list[Line]:
    kind, scope_id = scope
    statement = select(Grant).where(Grant.scope_kind == kind, Grant.scope_id == scope_id)
    grants = db.session.scalars(statement)
    return [Line(grant.principal, grant.principal_id, Right(grant.rights)) for grant in grants]


def _members(accounts: list[Account], room: Room) -> dict[int, RoomMember]:
    ids = [account.id for account in accounts]
    statement = select(RoomMember).where(RoomMember.room_id == room.id, RoomMember.account_id.in_(ids))
    return {row.account_id: row for row in db.session.scalars(statement)}


def _exclusions(ids: list[int]) -> dict[int, set[int]]:
    found = defaultdict(set)
    statement = select(Exclusion.account_id, Exclusion.group_id).where(Exclusion.account_id.in_(ids))
    for account_id, group_id in db.session.execute(statement) if ids else ():
        found[account_id].add(group_id)
    return found


def _names_account():
    return or_(
        and_(MemberEntry.kind == EntryKind.ACCOUNT, MemberEntry.principal_id == Account.id),
        and_(MemberEntry.kind == EntryKind.DOMAIN, MemberEntry.principal_id == Account.domain_id),
    )


def _is_excluded(account_id, group_id):
    return exists().where(Exclusion.account_id == account_id, Exclusion.group_id == group_id)
