"""Rooms as those who look after them see them: what they are called and who is in them, never what is said."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select

from app.errors import NotFound
from app.extensions import db
from app.models import Account, Domain, Group, Room, RoomKind, RoomMember, RoomState
from app.queries.directory.listing import Listing, ListQuery, counted
from app.queries.directory.members import effective_member_count
from app.queries.paging import Page, keyset
from app.rules import managing


@dataclass(frozen=True)
class RoomRow:
    """A room in the list, with how many people are in it and who owns it."""

    room: Room
    people: int
    owners: list[str]


def managed_rooms(place: Group | Domain, query: ListQuery) -> Listing:
    """A page of a group's rooms, or of the private rooms that a domain's accounts own. Six statements at most."""
    wanted = dict(query.filters).get("state", "")
    statement = select(Room).where(_of(place), _in_state(wanted))
    if query.search:
        statement = statement.where(Room.name.contains(query.search, autoescape=True))
    page = keyset(statement, (Room.name, Room.id), cursor=query.cursor, descending=query.is_descending)
    rooms = [row[0] for row in page.rows]
    private = [room.id for room in rooms if room.kind is not RoomKind.PUBLIC]
    people, owners = _people(private), _owners(private)
    everybody = effective_member_count(place) if isinstance(place, Group) and len(private) < len(rooms) else 0
    rows = [RoomRow(room, people.get(room.id, everybody), owners[room.id]) for room in rooms]
    return Listing(Page(rows, page.previous, page.next), counted(statement.with_only_columns(Room.id)))


def find_managed_room(actor, room_id: int) -> Room:
    """A room that an administrator looks after, in the trash too. Error: NotFound."""
    room = db.session.get(Room, room_id)
    if room is None or room.kind is RoomKind.DIRECT or not managing.administers(actor, room):
        raise NotFound()
    return room


def private_room_domain_id(room: Room) -> int | None:
    """The domain in whose list a private room stands."""
    return managing.domain_id_of(room)


def find_room_member(room: Room, account_id: int) -> Account:
    """Somebody who is in a room by an entry of its own. Error: NotFound."""
    inside = (RoomMember.room_id == room.id, RoomMember.account_id == account_id, RoomMember.is_member)
    statement = select(Account).join(RoomMember, RoomMember.account_id == Account.id).where(*inside)
    account = db.session.scalars(statement).unique().one_or_none()
    if account is None:
        raise NotFound()
    return account


def owner_names(room: Room) -> list[str]:
    """Names of those who own a private room."""
    return _owners([room.id])[room.id]


def room_people_count(room: Room) -> int:
    """How many people a room is open to."""
    own = _people([room.id]).get(room.id, 0)
    if room.kind is not RoomKind.PUBLIC:
        return own
    return effective_member_count(db.session.get(Group, room.group_id)) + own


def _of(place: Group | Domain):
    if isinstance(place, Group):
        return Room.group_id == place.id
    owned = (
        select(RoomMember.room_id)
        .join(Account, Account.id == RoomMember.account_id)
        .where(Account.domain_id == place.id, RoomMember.is_owner, RoomMember.is_member)
    )
    return (Room.kind == RoomKind.PRIVATE) & Room.group_id.is_(None) & Room.id.in_(owned)


def _in_state(wanted: str):
    return Room.state == RoomState(wanted) if wanted else Room.state != RoomState.DELETED


def _people(room_ids: list[int]) -> dict[int, int]:
    counts = dict.fromkeys(room_ids, 0)
    statement = select(RoomMember.room_id, func.count()).where(
        RoomMember.room_id.in_(room_ids), RoomMember.is_member
    )
    rows = db.session.execute(statement.group_by(RoomMember.room_id)) if room_ids else ()
    return counts | dict(tuple(row) for row in rows)


def _owners(room_ids: list[int]) -> dict[int, list[str]]:
    found = defaultdict(list)
    statement = (
        select(RoomMember.room_id, Account.name)
        .join(Account, Account.id == RoomMember.account_id)
        .where(RoomMember.room_id.in_(room_ids), RoomMember.is_owner, RoomMember.is_member)
        .order_by(RoomMember.id)
    )
    for room_id, name in db.session.execute(statement) if room_ids else ():
        found[room_id].append(name)
    return found
