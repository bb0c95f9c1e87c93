"""Membership: the people of a group, computed from its entries and never copied.

An account excluded from a group is neither in it nor, through it, in the groups that contain it; other ways
remain.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    union,
)

from app.extensions import db
from app.models import Account, EntryKind, Exclusion, MemberEntry


@dataclass(frozen=True)
class Way:
    """One way of being in a group: the groups from it down to the one with the entry, and the entry itself."""

    group_ids: tuple[int, ...]
    entry_id: int
    kind: EntryKind


def groups_of(account: Account) -> frozenset[int]:
    """Return ids of every group the account is in: by itself, through its domain, through inner groups.

    One statement.
    """
    if account.is_guest:
        return frozenset()
    values = {"account": account.id, "domain": account.domain_id}
    return frozenset(db.session.scalars(_groups_of_somebody(), values))


@cache
def _groups_of_somebody() -> Select:
    """Built once: building it costs more than MariaDB takes to run it."""
    somebody = SimpleNamespace(id=bindparam("account"), domain_id=bindparam("domain"))
    excluded = select(Exclusion.group_id).where(Exclusion.account_id == somebody.id)
    tree = _containing(_direct(somebody).where(MemberEntry.group_id.not_in(excluded)), excluded)
    return select(tree.c.group_id)


def containing_groups(group_id: int) -> frozenset[int]:
    """Return ids of the group itself and of every group that has it as a member, to any depth.

    One statement.
    """
    start = select(literal(group_id).label("group_id"))
    return frozenset(db.session.scalars(select(_containing(start).c.group_id)))


def inner_groups(group_id: int) -> CTE:
    """Return a selectable of the ids of a group and all groups inside it, to any depth (column group_id)."""
    tree = select(literal(group_id).label("group_id")).cte(recursive=True)
    step = select(MemberEntry.inner_group_id).where(
        MemberEntry.group_id == tree.c.group_id, MemberEntry.kind == EntryKind.GROUP
    )
    return tree.union(step)


def effective_members(group_id: int) -> Select:
    """Return a statement of the accounts in a group, each once, without guests and internal accounts."""
    inner = select(inner_groups(group_id).c.group_id)
    suspects = select(Exclusion.account_id).where(Exclusion.group_id.in_(inner))
    people = _named_in(inner).subquery()
    return (
        select(Account)
        .join(people, people.c.id == Account.id)
        .where(~Account.is_guest)
        .where(or_(Account.id.not_in(suspects), Account.id.in_(_suspects_inside(group_id, inner))))
    )


# Domains among a group's entries that are looked through one by one, each by its index.
BRANCHES = 8


def branches(group_id: int) -> list:
    """Return statements of the accounts in a group, each person in one of them only, five at most.

    A domain's people are read by its index, the others from their entries. Together they are
    effective_members().
    """
    groups = list(db.session.scalars(select(inner_groups(group_id).c.group_id)))
    entries = select(MemberEntry).where(MemberEntry.group_id.in_(groups))
    by_domain = entries.with_only_columns(MemberEntry.domain_id).where(MemberEntry.kind == EntryKind.DOMAIN)
    domains = sorted({key for key in db.session.scalars(by_domain) if key is not None})
    named = entries.with_only_columns(MemberEntry.account_id).where(MemberEntry.kind == EntryKind.ACCOUNT)
    people = select(Account).where(~Account.is_guest, Account.id.not_in(_kept_out(group_id, groups)))
    by_entry = people.where(Account.id.in_(named), Account.domain_id.not_in(domains))
    one_by_one = [people.where(Account.domain_id == key) for key in domains[:BRANCHES]]
    rest = [people.where(Account.domain_id.in_(domains[BRANCHES:]))] if domains[BRANCHES:] else []
    return [by_entry, *one_by_one, *rest]


def count_people(statements: list) -> int:
    """Return the number of people that the statements of branches() give."""
    counts = [
        statement.with_only_columns(func.count(), maintain_column_froms=True) for statement in statements
    ]
    return sum(db.session.scalar(count) for count in counts)


def _kept_out(group_id: int, groups: list[int]) -> list[int]:
    """Return the accounts excluded from one of these groups that are in the outer one in no other way."""
    excluded = set(db.session.scalars(select(Exclusion.account_id).where(Exclusion.group_id.in_(groups))))
    if not excluded:
        return []
    inside = effective_members(group_id).with_only_columns(Account.id).where(Account.id.in_(excluded))
    return sorted(excluded - set(db.session.scalars(inside)))


def ways_in(account: Account, group_id: int, limit: int = 20) -> list[Way]:
    """Return the ways an account is in a group: each entry that brings it in, with the shortest path.

    Three statements.
    """
    entries = db.session.execute(_direct(account, MemberEntry.id, MemberEntry.kind)).all()
    excluded = set(db.session.scalars(select(Exclusion.group_id).where(Exclusion.account_id == account.id)))
    downwards = edges_below(group_id)
    ways = []
    for entry in entries:
        path = shortest_path(group_id, entry.group_id, downwards, excluded)
        if path:
            ways.append(Way(path, entry.id, entry.kind))
    return sorted(ways, key=lambda way: (len(way.group_ids), way.kind != EntryKind.ACCOUNT, way.entry_id))[
        :limit
    ]


def ways_of(account: Account) -> dict[int, list[Way]]:
    """Return every group an account is in, by id, each with the ways it is in. Four statements at most."""
    ids = groups_of(account)
    if not ids:
        return {}
    entries = db.session.execute(_direct(account, MemberEntry.id, MemberEntry.kind)).all()
    excluded = set(db.session.scalars(select(Exclusion.group_id).where(Exclusion.account_id == account.id)))
    edges = _edges_among(ids)
    return {group_id: _ways_down(group_id, entries, edges, excluded) for group_id in ids}


def _ways_down(
    group_id: int, entries: Sequence[Row], edges: dict[int, list[int]], excluded: set[int]
) -> list[Way]:
    paths = [(entry, shortest_path(group_id, entry.group_id, edges, excluded)) for entry in entries]
    ways = [Way(path, entry.id, entry.kind) for entry, path in paths if path]
    return sorted(ways, key=lambda way: (len(way.group_ids), way.kind != EntryKind.ACCOUNT, way.entry_id))


def _edges_among(ids: Collection[int]) -> dict[int, list[int]]:
    """Return the groups that each of these groups contains directly, among these."""
    statement = select(MemberEntry.group_id, MemberEntry.inner_group_id).where(
        MemberEntry.kind == EntryKind.GROUP,
        MemberEntry.group_id.in_(ids),
        MemberEntry.inner_group_id.in_(ids),
    )
    return _edges(db.session.execute(statement))


def _direct(account: Account | SimpleNamespace, *columns: Any) -> Select:
    """Entries that name the account or its domain."""
    own = and_(MemberEntry.kind == EntryKind.ACCOUNT, MemberEntry.principal_id == account.id)
    domain = and_(MemberEntry.kind == EntryKind.DOMAIN, MemberEntry.principal_id == account.domain_id)
    return select(MemberEntry.group_id.label("group_id"), *columns).where(or_(own, domain))


def _containing(start: Any, excluded: Any = None) -> CTE:
    tree = select(start.subquery("start").c.group_id).cte(recursive=True)
    step = select(MemberEntry.group_id).where(
        MemberEntry.kind == EntryKind.GROUP, MemberEntry.principal_id == tree.c.group_id
    )
    if excluded is not None:
        step = step.where(MemberEntry.group_id.not_in(excluded))
    return tree.union(step)


def _named_in(groups: Any) -> CompoundSelect:
    """Return the ids of accounts that an entry of these groups names, itself or by its domain.

    The entries are read first, so that both halves use an index.
    """
    entries = MemberEntry.group_id.in_(groups)
    named = select(MemberEntry.account_id.label("id")).where(entries, MemberEntry.kind == EntryKind.ACCOUNT)
    by_domain = (
        select(Account.id)
        .join(MemberEntry, MemberEntry.domain_id == Account.domain_id)
        .where(entries, MemberEntry.kind == EntryKind.DOMAIN)
    )
    return union(named, by_domain)


def _suspects_inside(group_id: int, below: Any) -> Select:
    """Of those who are excluded somewhere below a group: who is in it all the same, another way."""
    suspects = (
        select(Exclusion.account_id).where(Exclusion.group_id.in_(below)).distinct().subquery("suspects")
    )
    start = (
        select(suspects.c.account_id, MemberEntry.group_id)
        .join(Account, Account.id == suspects.c.account_id)
        .join(
            MemberEntry,
            or_(
                and_(MemberEntry.kind == EntryKind.ACCOUNT, MemberEntry.principal_id == Account.id),
                and_(MemberEntry.kind == EntryKind.DOMAIN, MemberEntry.principal_id == Account.domain_id),
            ),
        )
        .where(MemberEntry.group_id.in_(below), ~_is_excluded(suspects.c.account_id, MemberEntry.group_id))
    )
    reach = start.cte(recursive=True)
    step = (
        select(reach.c.account_id, MemberEntry.group_id)
        .where(MemberEntry.kind == EntryKind.GROUP, MemberEntry.principal_id == reach.c.group_id)
        .where(MemberEntry.group_id.in_(below), ~_is_excluded(reach.c.account_id, MemberEntry.group_id))
    )
    reach = reach.union(step)
    return select(reach.c.account_id).where(reach.c.group_id == group_id)


def _is_excluded(account_id: Any, group_id: Any) -> ColumnElement[bool]:
    return exists().where(Exclusion.account_id == account_id, Exclusion.group_id == group_id)


def edges_below(group_id: int) -> dict[int, list[int]]:
    """Return the groups that a group, and each group inside it, contains directly. One statement."""
    below = select(inner_groups(group_id).c.group_id)
    statement = select(MemberEntry.group_id, MemberEntry.inner_group_id).where(
        MemberEntry.kind == EntryKind.GROUP, MemberEntry.group_id.in_(below)
    )
    return _edges(db.session.execute(statement))


def shortest_path(start: int, goal: int, edges: dict[int, list[int]], excluded: set[int]) -> tuple[int, ...]:
    """Return the shortest path from a group down to an inner one that avoids the excluded groups."""
    if start in excluded:
        return ()
    came_from: dict[int, int | None] = {start: None}
    edge = [start]
    while edge and goal not in came_from:
        edge = [
            _reached(came_from, outer, inner)
            for outer in edge
            for inner in edges.get(outer, ())
            if inner not in came_from and inner not in excluded
        ]
    path, step = [], goal if goal in came_from else None
    while step is not None:
        path.append(step)
        step = came_from[step]
    return tuple(reversed(path))


def _reached(came_from: dict[int, int | None], outer: int, inner: int) -> int:
    came_from[inner] = outer
    return inner


def _edges(rows: Any) -> dict[int, list[int]]:
    edges: dict[int, list[int]] = {}
    for outer, inner in rows:
        edges.setdefault(outer, []).append(inner)
    return edges
