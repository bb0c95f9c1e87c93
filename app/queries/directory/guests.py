"""The list of guests, with who answers for each and the rooms they are in."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, false, func, or_, select
from sqlalchemy.orm import aliased, lazyload

from app.extensions import db
from app.models import Account, AccountState, Room, RoomMember, RoomState, now
from app.queries.directory.listing import Listing, ListQuery, total_of
from app.queries.name_index import names_match
from app.queries.paging import Page, keyset
from app.rules import guests, managing

SOON = timedelta(days=14)
ROOMS_NAMED = 3

FILTERS = {
    "state": (AccountState.ENABLED, AccountState.MUTED, AccountState.DISABLED),
    "life": ("unverified", "dormant", "soon", "ended", "orphan"),
}
"""What the list can be narrowed by: the state, and where the guest's life stands."""

ORDERS = {"name": (Account.name, Account.id), "address": (Account.address,)}


@dataclass(frozen=True)
class GuestRow:
    """A guest of the list. rooms: names of the first few within one's scope; room_count: of how many, others' too."""

    guest: Account
    sponsor: Account | None
    rooms: list[str]
    room_count: int


def guest_list(actor, query: ListQuery) -> Listing:
    """A page of the guests in somebody's scope. Five statements."""
    order = ORDERS.get(query.order, ORDERS["name"])
    statement = select(Account).options(lazyload(Account.domain)).where(*conditions(actor, query))
    page = keyset(statement, order, cursor=query.cursor, descending=query.is_descending)
    rows = rows_of(actor, [row[0] for row in page.rows])
    total = total_of(page, select(Account.id).where(*conditions(actor, query)))
    return Listing(Page(rows, page.previous, page.next), total)


def guest_count(actor) -> int:
    """How many guests somebody administers."""
    return db.session.scalar(select(func.count(Account.id)).where(guests.of_guests(actor)))


def conditions(actor, query: ListQuery) -> list:
    """What a guest of the list fulfils: the page, its export and actions on all that match rest on it."""
    rests = [guests.of_guests(actor), *(_filtered(name, value) for name, value in query.filters)]
    if query.search:
        sponsor = aliased(Account)
        by_sponsor = select(sponsor.id).where(names_match(sponsor, query.search))
        rests.append(or_(names_match(Account, query.search), Account.sponsor_id.in_(by_sponsor)))
    return rests


def every_guest(actor, query: ListQuery, batch: int = 500):
    """All guests that a list leaves, in the order of their keys; memory holds a batch at a time."""
    last = 0
    while True:
        statement = select(Account).options(lazyload(Account.domain)).where(*conditions(actor, query))
        statement = statement.where(Account.id > last).order_by(Account.id).limit(batch)
        found_now = list(db.session.scalars(statement))
        if not found_now:
            return
        yield from rows_of(actor, found_now)
        last = found_now[-1].id


def rows_of(actor, accounts: list[Account]) -> list[GuestRow]:
    """Guests with their sponsors and rooms. Two statements however many they are."""
    ids = {guest.sponsor_id for guest in accounts if guest.sponsor_id}
    statement = select(Account).options(lazyload(Account.domain)).where(Account.id.in_(ids))
    sponsors = {one.id: one for one in db.session.scalars(statement)} if ids else {}
    names, counts = _rooms(actor, [guest.id for guest in accounts])
    return [
        GuestRow(guest, sponsors.get(guest.sponsor_id), names[guest.id][:ROOMS_NAMED], counts[guest.id])
        for guest in accounts
    ]


def rooms_of(actor, guest: Account) -> tuple[list[tuple[Room, RoomMember]], int]:
    """The rooms a guest is in that somebody looks after, by name; and how many others there are."""
    statement = select(Room, RoomMember, managing.of_rooms(actor)).join(
        RoomMember, RoomMember.room_id == Room.id
    )
    mine = (RoomMember.account_id == guest.id, RoomMember.is_member, Room.state != RoomState.DELETED)
    rows = db.session.execute(statement.where(*mine).order_by(Room.name, Room.id)).all()
    known = [(room, member) for room, member, is_known in rows if is_known]
    return known, len(rows) - len(known)


def _rooms(actor, ids: list[int]) -> tuple[dict[int, list[str]], Counter]:
    names, counts = defaultdict(list), Counter()
    statement = select(RoomMember.account_id, Room.name, managing.of_rooms(actor)).join(
        Room, Room.id == RoomMember.room_id
    )
    mine = (RoomMember.account_id.in_(ids), RoomMember.is_member, Room.state != RoomState.DELETED)
    for account_id, name, is_known in (
        db.session.execute(statement.where(*mine).order_by(Room.name)) if ids else ()
    ):
        counts[account_id] += 1
        if is_known:
            names[account_id].append(name)
    return names, counts


def _filtered(name: str, value: str):
    if value not in FILTERS.get(name, ()):
        return false()
    if name == "state":
        return Account.state == value
    return {
        "unverified": Account.verified_at.is_(None),
        "dormant": ~_is_in_a_room(),
        "soon": (Account.expires_at > now()) & (Account.expires_at <= now() + SOON),
        "ended": Account.expires_at <= now(),
        "orphan": ~guests.has_sponsor(),
    }[value]


def _is_in_a_room():
    """A room in the trash is none, as in what the list shows."""
    mine = (RoomMember.account_id == Account.id, RoomMember.is_member)
    return exists().where(Room.id == RoomMember.room_id, Room.state != RoomState.DELETED, *mine)
