"""The people a room is open to, and the groups that many people are in."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from app.extensions import db
from app.models import Account, EntryKind, Exclusion, MemberEntry, Room, RoomKind, RoomMember
from app.rules import groups as group_rules
from app.rules.groups import Way, edges_below, shortest_path


def groups_of(accounts: Collection[Account], among: Collection[int]) -> dict[int, frozenset[int]]:
    """Return which of these groups each account is in; guests are in none. One statement."""
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
    by_account = defaultdict(set)
    for account_id, group_id in db.session.execute(select(reach).where(reach.c.group_id.in_(among))):
        by_account[account_id].add(group_id)
    return {account_id: frozenset(groups) for account_id, groups in by_account.items()}


def ways_in(accounts: list[Account], group_id: int) -> dict[int, list[Way]]:
    """Return the ways in which each account is in a group, the shortest first. Three statements."""
    ids = [account.id for account in accounts]
    below = select(group_rules.inner_groups(group_id).c.group_id)
    entries = (
        select(Account.id, MemberEntry.id, MemberEntry.group_id, MemberEntry.kind)
        .join(MemberEntry, _names_account())
        .where(Account.id.in_(ids), MemberEntry.group_id.in_(below))
    )
    rows = db.session.execute(entries).all() if ids else []
    excluded = _exclusions(ids)
    edges = edges_below(group_id)
    by_account = defaultdict(list)
    for account_id, entry_id, holder, kind in rows:
        path = shortest_path(group_id, holder, edges, excluded[account_id])
        if path:
            by_account[account_id].append(Way(path, entry_id, kind))
    for ways in by_account.values():
        ways.sort(key=lambda way: (len(way.group_ids), way.kind != EntryKind.ACCOUNT, way.entry_id))
    return by_account


def people_of(room: Room) -> Select:
    """Return a statement of the accounts that a room is open to, each once."""
    entries = select(RoomMember.account_id).where(RoomMember.room_id == room.id, RoomMember.is_member)
    invited = select(Account.id).where(Account.id.in_(entries))
    if room.group_id is None or room.kind is not RoomKind.PUBLIC:
        return select(Account).where(Account.id.in_(invited))
    inside = group_rules.effective_members(room.group_id).with_only_columns(Account.id)
    guests = invited.where(Account.is_guest)
    return select(Account).where(or_(Account.id.in_(inside), Account.id.in_(guests)))


def branches(room: Room) -> list:
    """Split people_of() into statements that share nobody and use an index each."""
    if room.group_id is None or room.kind is not RoomKind.PUBLIC:
        return [people_of(room)]
    entries = select(RoomMember.account_id).where(RoomMember.room_id == room.id, RoomMember.is_member)
    guests = select(Account).where(Account.id.in_(entries), Account.is_guest)
    return [*group_rules.branches(room.group_id), guests]


def _exclusions(ids: list[int]) -> dict[int, set[int]]:
    by_account = defaultdict(set)
    statement = select(Exclusion.account_id, Exclusion.group_id).where(Exclusion.account_id.in_(ids))
    for account_id, group_id in db.session.execute(statement) if ids else ():
        by_account[account_id].add(group_id)
    return by_account


def _names_account() -> ColumnElement[bool]:
    return or_(
        and_(MemberEntry.kind == EntryKind.ACCOUNT, MemberEntry.principal_id == Account.id),
        and_(MemberEntry.kind == EntryKind.DOMAIN, MemberEntry.principal_id == Account.domain_id),
    )


def _is_excluded(account_id: Any, group_id: Any) -> ColumnElement[bool]:
    return exists().where(Exclusion.account_id == account_id, Exclusion.group_id == group_id)
