"""The list of a domain's groups."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import lazyload

from app.extensions import db
from app.models import Domain, EntryKind, Group, MemberEntry, Room, RoomState
from app.queries.directory.listing import Listing, Wish, counted, found
from app.queries.paging import Page, keyset

ORDERS = {"name": (Group.name, Group.id), "address": (Group.address,)}


@dataclass(frozen=True)
class GroupRow:
    """A group in the list, with how many entries and rooms it has."""

    group: Group
    entry_count: int
    room_count: int


def group_list(domain: Domain, wish: Wish) -> Listing:
    """A page of a domain's groups. Four statements."""
    statement = select(Group).options(lazyload(Group.domain)).where(Group.domain_id == domain.id)
    if wish.search:
        statement = statement.where(found(Group, wish.search))
    order = ORDERS.get(wish.order, ORDERS["name"])
    page = keyset(statement, order, cursor=wish.cursor, descending=wish.is_descending)
    ids = [row[0].id for row in page.rows]
    entries, rooms = _per_group(MemberEntry, ids), _per_group(Room, ids, Room.state != RoomState.DELETED)
    rows = [GroupRow(row[0], entries.get(row[0].id, 0), rooms.get(row[0].id, 0)) for row in page.rows]
    return Listing(Page(rows, page.previous, page.next), counted(statement.with_only_columns(Group.id)))


def room_count(group: Group) -> int:
    """How many rooms a group has, hidden ones too while TeamChat is off."""
    return _per_group(Room, [group.id], Room.state != RoomState.DELETED).get(group.id, 0)


@dataclass(frozen=True)
class Weight:
    """What goes with a group: rooms outside of the trash, messages in them, groups that have it as a member."""

    rooms: int
    messages: int
    outer_groups: int


def weight_of(group: Group) -> Weight:
    """What would be gone with a group. Two statements."""
    shown = (Room.group_id == group.id, Room.state != RoomState.DELETED)
    rooms = select(func.count(), func.coalesce(func.sum(Room.last_seq), 0)).where(*shown)
    entries = (MemberEntry.kind == EntryKind.GROUP, MemberEntry.principal_id == group.id)
    outer = db.session.scalar(select(func.count()).select_from(MemberEntry).where(*entries))
    count, messages = db.session.execute(rooms).one()
    return Weight(count, int(messages), outer)


def _per_group(model, ids: list[int], *conditions) -> dict[int, int]:
    if not ids:
        return {}
    statement = select(model.group_id, func.count()).where(model.group_id.in_(ids), *conditions)
    return dict(db.session.execute(statement.group_by(model.group_id)).all())
