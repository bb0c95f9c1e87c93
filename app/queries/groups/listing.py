"""The list of a domain's groups."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, false, func, select
from sqlalchemy.orm import aliased, lazyload

from app.extensions import db
from app.models import Domain, EntryKind, Group, MemberEntry, Room, RoomState
from app.queries.accounts.listing import names_match
from app.queries.listing import Listing, ListQuery, count_rows
from app.queries.paging import Page, keyset

ORDERS = {"name": (Group.name, Group.id), "address": (Group.address,)}
# What the list can be narrowed by, and to what.
FILTERS = {"teamchat": ("on", "off")}


@dataclass(frozen=True)
class GroupRow:
    """A group in the list, with how many entries and rooms it has."""

    group: Group
    entry_count: int
    room_count: int


def group_list(domain: Domain, query: ListQuery) -> Listing:
    """Return a page of a domain's groups. Four statements."""
    statement = select(Group).options(lazyload(Group.domain)).where(*conditions(domain, query))
    order = ORDERS.get(query.order, ORDERS["name"])
    page = keyset(statement, order, cursor=query.cursor, descending=query.is_descending)
    ids = [row[0].id for row in page.rows]
    entries, rooms = _per_group(MemberEntry, ids), _per_group(Room, ids, Room.state != RoomState.DELETED)
    rows = [GroupRow(row[0], entries.get(row[0].id, 0), rooms.get(row[0].id, 0)) for row in page.rows]
    return Listing(Page(rows, page.previous, page.next), count_rows(statement.with_only_columns(Group.id)))


def conditions(domain: Domain, query: ListQuery) -> list:
    """Return the conditions of a list of groups."""
    clauses = [Group.domain_id == domain.id]
    for name, value in query.filters:
        condition = value in FILTERS.get(name, ())
        clauses.append(Group.has_teamchat.is_(value == "on") if condition else false())
    if query.search:
        clauses.append(names_match(Group, query.search))
    return clauses


def every_group(domain: Domain, query: ListQuery, batch: int = 1000) -> Iterator[Row]:
    """All groups that a list leaves, as rows in the order of their keys; memory holds a batch at a time."""
    columns = (Group.id, Group.name, Group.address, Group.description, Group.has_public_folder)
    last = 0
    while True:
        statement = select(*columns, Group.has_teamchat).where(*conditions(domain, query), Group.id > last)
        rows = db.session.execute(statement.order_by(Group.id).limit(batch)).all()
        if not rows:
            return
        yield from rows
        last = rows[-1].id


def room_count(group: Group) -> int:
    """Return the number of a group's rooms, hidden ones included while TeamChat is off."""
    return _per_group(Room, [group.id], Room.state != RoomState.DELETED).get(group.id, 0)


@dataclass(frozen=True)
class GroupWeight:
    """Numbers of what a group takes along: rooms outside of the trash, their messages, groups it is a member of."""

    rooms: int
    messages: int
    outer_groups: int


def group_weight(group: Group) -> GroupWeight:
    """Count what would be deleted with a group. Two statements."""
    shown = (Room.group_id == group.id, Room.state != RoomState.DELETED)
    rooms = select(func.count(), func.coalesce(func.sum(Room.last_seq), 0)).where(*shown)
    entries = (MemberEntry.kind == EntryKind.GROUP, MemberEntry.principal_id == group.id)
    outer = db.session.scalar(select(func.count()).select_from(MemberEntry).where(*entries))
    count, messages = db.session.execute(rooms).one()
    return GroupWeight(count, int(messages), outer or 0)


def _per_group(model: Any, ids: list[int], *conditions: Any) -> dict[int, int]:
    if not ids:
        return {}
    statement = select(model.group_id, func.count()).where(model.group_id.in_(ids), *conditions)
    return dict(db.session.execute(statement.group_by(model.group_id)).all())


# Groups that one statement asks for.
AT_ONCE = 1_000


def groups_inside(addresses: Iterable[str]) -> dict[str, list[str]]:
    """Return the groups inside these groups, to any depth: inner addresses by the address of the outer group.

    Unknown addresses are skipped. One statement for each thousand groups of a level.
    """
    inside: dict[str, list[str]] = {}
    edge = set(addresses)
    visited = set(edge)
    while edge:
        for outer, inner in _held_by(sorted(edge)):
            inside.setdefault(outer, []).append(inner)
        edge = {inner for outer in edge for inner in inside.get(outer, ())} - visited
        visited |= edge
    return inside


def _held_by(addresses: list[str]) -> Iterator[Row]:
    outer, inner = aliased(Group), aliased(Group)
    statement = (
        select(outer.address, inner.address)
        .join(MemberEntry, MemberEntry.group_id == outer.id)
        .join(inner, inner.id == MemberEntry.inner_group_id)
        .where(MemberEntry.kind == EntryKind.GROUP)
        .order_by(MemberEntry.id)
    )
    for start in range(0, len(addresses), AT_ONCE):
        part = addresses[start : start + AT_ONCE]
        yield from db.session.execute(statement.where(outer.address.in_(part)))
