"""The list of guests, with who answers for each and the rooms they are in."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased, joinedload, lazyload

from app.errors import NotFound
from app.extensions import db
from app.models import Account, AccountState, Invitation, Room, RoomMember, RoomState, now
from app.queries import mail as mail_queries
from app.queries.accounts.listing import names_match
from app.queries.listing import Listing, ListQuery, total_rows
from app.queries.mail import MailState
from app.queries.paging import Page, keyset
from app.rules import rooms
from app.rules import rooms as room_rules
from app.rules.accounts import addresses
from app.rules.guests import policy
from app.rules.guests.policy import InvitationState

SOON = timedelta(days=14)
ROOMS_NAMED = 3

# What the list can be narrowed by: the state, and where the guest's life stands.
GUEST_FILTERS = {
    "state": (AccountState.ENABLED, AccountState.MUTED, AccountState.DISABLED),
    "life": ("unverified", "dormant", "soon", "ended", "orphan"),
}

ORDERS = {"name": (Account.name, Account.id), "address": (Account.address,)}


@dataclass(frozen=True)
class GuestRow:
    """A guest of the list. rooms: the first names within the reader's scope; room_count: the number of all."""

    guest: Account
    sponsor: Account | None
    rooms: list[str]
    room_count: int


def guest_list(actor: Account, query: ListQuery) -> Listing:
    """Return a page of the guests in somebody's scope. Five statements."""
    order = ORDERS.get(query.order, ORDERS["name"])
    statement = select(Account).options(lazyload(Account.domain)).where(*conditions(actor, query))
    page = keyset(statement, order, cursor=query.cursor, descending=query.is_descending)
    rows = rows_of(actor, [row[0] for row in page.rows])
    total = total_rows(page, select(Account.id).where(*conditions(actor, query)))
    return Listing(Page(rows, page.previous, page.next), total)


def guest_count(actor: Account) -> int:
    """Return the number of guests that an actor administers."""
    return db.session.scalar(select(func.count(Account.id)).where(policy.of_guests(actor))) or 0


def conditions(actor: Account, query: ListQuery) -> list:
    """Return the conditions of a list of guests, shared by the page, its export and actions on all matches."""
    clauses = [policy.of_guests(actor), *(_filtered(name, value) for name, value in query.filters)]
    if query.search:
        sponsor = aliased(Account)
        by_sponsor = select(sponsor.id).where(names_match(sponsor, query.search))
        clauses.append(or_(names_match(Account, query.search), Account.sponsor_id.in_(by_sponsor)))
    return clauses


def every_guest(actor: Account, query: ListQuery, batch: int = 500) -> Iterator[Any]:
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


def rows_of(actor: Account, accounts: list[Account]) -> list[GuestRow]:
    """Return guests with their sponsors and rooms. Two statements however many they are."""
    ids = {guest.sponsor_id for guest in accounts if guest.sponsor_id}
    statement = select(Account).options(lazyload(Account.domain)).where(Account.id.in_(ids))
    sponsors = {sponsor.id: sponsor for sponsor in db.session.scalars(statement)} if ids else {}
    names, counts = _rooms(actor, [guest.id for guest in accounts])
    return [
        GuestRow(guest, sponsors.get(guest.sponsor_id or 0), names[guest.id][:ROOMS_NAMED], counts[guest.id])
        for guest in accounts
    ]


def rooms_of(actor: Account, guest: Account) -> tuple[list[tuple[Room, RoomMember]], int]:
    """Return the rooms a guest is in that somebody looks after, by name; and how many others there are."""
    statement = select(Room, RoomMember, room_rules.of_rooms(actor)).join(
        RoomMember, RoomMember.room_id == Room.id
    )
    mine = (RoomMember.account_id == guest.id, RoomMember.is_member, Room.state != RoomState.DELETED)
    rows = db.session.execute(statement.where(*mine).order_by(Room.name, Room.id)).all()
    visible = [(room, member) for room, member, is_known in rows if is_known]
    return visible, len(rows) - len(visible)


def _rooms(actor: Account, ids: list[int]) -> tuple[dict[int, list[str]], Counter]:
    names: dict[int, list[str]] = defaultdict(list)
    counts: Counter = Counter()
    statement = select(RoomMember.account_id, Room.name, room_rules.of_rooms(actor)).join(
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


def _filtered(name: str, value: str) -> ColumnElement[bool]:
    if value not in GUEST_FILTERS.get(name, ()):
        return false()
    if name == "state":
        return Account.state == value
    return {
        "unverified": Account.verified_at.is_(None),
        "dormant": ~_is_in_a_room(),
        "soon": (Account.expires_at > now()) & (Account.expires_at <= now() + SOON),
        "ended": Account.expires_at <= now(),
        "orphan": ~policy.has_sponsor(),
    }[value]


def _is_in_a_room() -> ColumnElement[bool]:
    """Return a condition: the guest is in a room. Rooms in the trash do not count."""
    mine = (RoomMember.account_id == Account.id, RoomMember.is_member)
    return exists().where(Room.id == RoomMember.room_id, Room.state != RoomState.DELETED, *mine)


# Invitations of a room that are listed, the latest first; a room has no more guests than that.
SHOWN = 200

OPEN = (InvitationState.PENDING, InvitationState.REGISTERED)
AGAIN = (InvitationState.LEFT, InvitationState.REVOKED, InvitationState.EXPIRED)


@dataclass(frozen=True)
class InvitationLine:
    """An invitation with its state and the state of its latest mail."""

    invitation: Invitation
    state: InvitationState
    mail: MailState | None

    @property
    def may_resend(self) -> bool:
        return self.state in OPEN

    @property
    def may_copy(self) -> bool:
        return self.state is InvitationState.PENDING

    @property
    def may_invite_again(self) -> bool:
        return self.state in AGAIN


def invitations_of(actor: Account, room: Room) -> list[InvitationLine]:
    """Return a room's invitations that an actor may handle: their own, or all for its administrators.

    Four statements at most.
    """
    conditions = [Invitation.room_id == room.id]
    if not rooms.administers(actor, room):
        conditions.append(Invitation.inviter_id == actor.id)
    return _latest(conditions)


def invitations_to(actor: Account, guest: Account) -> list[InvitationLine]:
    """Return the invitations of a guest into rooms that an administrator looks after. Two statements."""
    return _latest([Invitation.address == guest.address, administered(actor)])


def administered(actor: Account) -> ColumnElement[bool]:
    """Return a condition on Invitation: into rooms that an actor administers."""
    return Invitation.room_id.in_(select(Room.id).where(rooms.of_rooms(actor)))


def find_invitation(actor: Account, room_id: int, invitation_id: int) -> Invitation:
    """Return an invitation of a room, for who has sent it or administers the room. Error: NotFound."""
    invitation = db.session.get(Invitation, invitation_id)
    if invitation is None or invitation.room_id != room_id:
        raise NotFound()
    if actor.id != invitation.inviter_id and not rooms.administers(actor, invitation.room):
        raise NotFound()
    return invitation


def find_administered(actor: Account, invitation_id: int) -> Invitation:
    """Return an invitation into a room that an actor administers. Error: NotFound."""
    statement = select(Invitation).where(Invitation.id == invitation_id, administered(actor))
    invitation = db.session.scalars(statement).one_or_none()
    if invitation is None:
        raise NotFound()
    return invitation


def statement_of(conditions: list) -> Select:
    """Invitations that fulfil conditions, each with whether its guest is in the room now."""
    entry = and_(
        RoomMember.room_id == Invitation.room_id,
        RoomMember.account_id == Invitation.account_id,
        RoomMember.is_member,
    )
    return (
        select(Invitation, RoomMember.id)
        .outerjoin(RoomMember, entry)
        .where(*conditions)
        .options(joinedload(Invitation.inviter), joinedload(Invitation.account), joinedload(Invitation.room))
    )


def lines_of(rows: list) -> list[InvitationLine]:
    """Return rows of that statement, with how their mails fare. One statement."""
    sent = mail_queries.states_of("invitation", [row[0].id for row in rows]) if rows else {}
    return [
        InvitationLine(invitation, policy.state_of(invitation, member is not None), sent.get(invitation.id))
        for invitation, member in rows
    ]


def _latest(conditions: list) -> list[InvitationLine]:
    statement = statement_of(conditions)
    latest = statement.order_by(Invitation.sent_at.desc(), Invitation.id.desc()).limit(SHOWN)
    return lines_of(list(db.session.execute(latest).unique()))


# What the list can show instead of the invitations that wait for an answer.
INVITATION_FILTERS = {"state": ("expired", "revoked")}

ORDER = (Invitation.sent_at, Invitation.id)


def invitation_list(actor: Account, query: ListQuery) -> Listing:
    """Return a page of the invitations into rooms that somebody administers, the latest first.

    Three statements.
    """
    conditions = _conditions(actor, query)
    page = keyset(statement_of(conditions), ORDER, cursor=query.cursor, descending=True)
    return Listing(Page(lines_of(page.rows), page.previous, page.next), _count(conditions))


def invitation_count(actor: Account) -> int:
    """Return the number of invitations that wait for an answer."""
    return _count(_conditions(actor, ListQuery()))


def _count(conditions: list) -> int:
    return db.session.scalar(select(func.count(Invitation.id)).where(*conditions)) or 0


def _conditions(actor: Account, query: ListQuery) -> list:
    clauses = [administered(actor), *_in_state(dict(query.filters).get("state"))]
    if query.search:
        inviters = select(Account.id).where(names_match(Account, query.search))
        rooms = select(Room.id).where(Room.name.contains(query.search, autoescape=True))
        address = Invitation.address.contains(addresses.normalise(query.search), autoescape=True)
        clauses.append(or_(address, Invitation.inviter_id.in_(inviters), Invitation.room_id.in_(rooms)))
    return clauses


def _in_state(state: str | None) -> tuple:
    if state == "revoked":
        return (Invitation.revoked_at.is_not(None),)
    is_over = Invitation.expires_at <= now() if state == "expired" else Invitation.expires_at > now()
    return (Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None), is_over)
