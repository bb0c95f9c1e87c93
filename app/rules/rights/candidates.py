"""Rooms that may be open to a person, each with the person's own entry: one statement finds and reads them."""

from functools import cache

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, bindparam, or_, select, union
from sqlalchemy.orm import contains_eager, defer, lazyload

from app.extensions import db
from app.models import Domain, DomainState, Group, Room, RoomKind, RoomMember, RoomState
from app.rules.rights.decision import Person

# The columns that rights need of a room and of somebody's entry in it: a row of them stands for both.
_LIGHT = (
    *(Room.id, Room.kind, Room.state, Room.group_id, Room.folder_id, Room.has_own_list),
    *(RoomMember.is_member, RoomMember.is_owner),
)
# Reading rows is most of the cost of a thousand rooms: columns that no list shows are read on demand.
_UNLISTED = (
    *(Room.topic, Room.intro, Room.unique_key, Room.guests_see_history, Room.guest_days, Room.last_change),
    *(Room.created_by_id, Room.deleted_at, Room.state_before_trash),
    *(RoomMember.created_at, RoomMember.warned_days),
)
_LISTED = (
    *map(defer, _UNLISTED),
    contains_eager(Room.group).load_only(Group.name, Group.address, Group.domain_id),
    lazyload(Room.group, Group.domain),
)


def candidates_of(person: Person, room_id: int | None = None, *, is_light: bool = False) -> list[tuple]:
    """Return (room, own entry or None) of the rooms that may be open to a person, or of the one with this id.

    is_light: with no more columns than rights need. No room is deleted or of a group whose TeamChat is off.
    """
    values = {"account": person.account_id, "groups": list(person.group_ids), "room": room_id}
    statement = _candidates(room_id is not None, is_light)
    rows = db.session.execute(statement, values, execution_options={"populate_existing": True})
    return [(row, row) for row in rows] if is_light else [tuple(row) for row in rows]


# Statements are built once for each use: building one costs more than running it.
@cache
def _candidates(is_one_room: bool, is_light: bool) -> Select:
    """Return the statement of the public rooms of a person's groups and the rooms with an entry of their own.

    The ids come from a derived table, so that both halves use their index however many rooms there are.
    """
    ids = _candidate_ids(is_one_room).subquery("candidates")
    mine = and_(RoomMember.room_id == Room.id, RoomMember.account_id == bindparam("account"))
    whole = (contains_eager(Room.group).contains_eager(Group.domain),)
    shown = select(Room, RoomMember).options(*(whole if is_one_room else _LISTED))
    return (
        (select(*_LIGHT) if is_light else shown)
        .select_from(Room)
        .join(ids, ids.c.id == Room.id)
        .outerjoin(RoomMember, mine)
        .outerjoin(Room.group)
        .outerjoin(Group.domain)
        .where(Room.state != RoomState.DELETED)
        .where(or_(Room.group_id.is_(None), group_is_on()))
        .order_by(Group.name, Group.id, Room.name, Room.id)
    )


def _candidate_ids(is_one_room: bool) -> CompoundSelect:
    groups = Room.group_id.in_(bindparam("groups", expanding=True))
    through_group = select(Room.id).where(Room.kind == RoomKind.PUBLIC, groups)
    through_entry = select(RoomMember.room_id.label("id")).where(
        RoomMember.account_id == bindparam("account"), RoomMember.is_member
    )
    if is_one_room:
        through_group = through_group.where(Room.id == bindparam("room"))
        through_entry = through_entry.where(RoomMember.room_id == bindparam("room"))
    return union(through_group, through_entry)


def group_is_on() -> ColumnElement[bool]:
    """Return the condition on Group and its Domain under which the rooms of the group are open."""
    domain = and_(
        Domain.state == DomainState.ACTIVE, Domain.has_teamchat, Domain.has_groupware, Domain.has_webdav
    )
    return and_(Group.has_teamchat, domain)
