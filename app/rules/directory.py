"""Whom a person may know of: the accounts of their own domain, and whoever shares a room with them now.

Guests know only those who share a room with them.
"""

from sqlalchemy import and_, exists, or_, select

from app.extensions import db
from app.models import CLOSED, Account, RoomKind, RoomMember
from app.rules import membership
from app.rules.rights import access


def visible_to(actor: Account):
    """A condition on Account: those a person sees in pickers, completion and search, themselves included."""
    rooms = [
        seen for seen in access.visible_rooms(actor) if not actor.is_guest or seen.room.guests_see_members
    ]
    entries = [seen.room.id for seen in rooms]
    groups = {seen.room.group_id for seen in rooms if seen.room.kind is RoomKind.PUBLIC}
    conditions = [
        Account.id == actor.id,
        _in_rooms(entries),
        *(_in_group(group_id) for group_id in sorted(groups)),
    ]
    if not actor.is_guest:
        conditions.append(and_(Account.domain_id == actor.domain_id, ~Account.is_guest))
    return and_(or_(*conditions), Account.state.not_in(CLOSED))


def sees(actor: Account, other: Account) -> bool:
    """Whether a person may know of another."""
    return db.session.scalar(select(exists().where(Account.id == other.id, visible_to(actor)))) is True


def _in_rooms(room_ids: list[int]):
    return Account.id.in_(
        select(RoomMember.account_id).where(RoomMember.room_id.in_(room_ids), RoomMember.is_member)
    )


def _in_group(group_id: int):
    return Account.id.in_(membership.effective_members(group_id).with_only_columns(Account.id))
