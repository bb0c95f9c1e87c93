"""Visibility of people: accounts of one's own domain, and everybody in a shared room.

Guests see only the people of their rooms.
"""

from sqlalchemy import ColumnElement, and_, exists, or_, select

from app.extensions import db
from app.models import CLOSED, Account, RoomKind, RoomMember
from app.rules import groups as group_rules
from app.rules.rights import access


def visible_to(actor: Account) -> ColumnElement[bool]:
    """Return a condition on Account: the people an actor sees in pickers, completion and search, the actor included."""
    rooms = [
        room_access
        for room_access in access.visible_rooms(actor)
        if not actor.is_guest or room_access.room.guests_see_members
    ]
    entries = [room_access.room.id for room_access in rooms]
    public = [seen.room.group_id for seen in rooms if seen.room.kind is RoomKind.PUBLIC]
    groups = {group_id for group_id in public if group_id is not None}
    conditions = [
        Account.id == actor.id,
        _in_rooms(entries),
        *(_in_group(group_id) for group_id in sorted(groups)),
    ]
    if not actor.is_guest:
        conditions.append(and_(Account.domain_id == actor.domain_id, ~Account.is_guest))
    return and_(or_(*conditions), Account.state.not_in(CLOSED))


def sees(actor: Account, other: Account) -> bool:
    """Return whether a person may know that another exists."""
    return db.session.scalar(select(exists().where(Account.id == other.id, visible_to(actor)))) is True


def _in_rooms(room_ids: list[int]) -> ColumnElement[bool]:
    return Account.id.in_(
        select(RoomMember.account_id).where(RoomMember.room_id.in_(room_ids), RoomMember.is_member)
    )


def _in_group(group_id: int) -> ColumnElement[bool]:
    return Account.id.in_(group_rules.effective_members(group_id).with_only_columns(Account.id))
