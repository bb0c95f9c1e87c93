"""The list of those who are invited into the rooms of an administrator, and are no guests yet."""

from sqlalchemy import func, or_, select

from app.extensions import db
from app.models import Account, Invitation, Room, now
from app.queries.directory.listing import Listing, ListQuery
from app.queries.invitations import administered, lines_of, statement_of
from app.queries.name_index import names_match
from app.queries.paging import Page, keyset
from app.rules import addresses

FILTERS = {"state": ("expired", "revoked")}
"""What the list can show instead of the invitations that wait for an answer."""

ORDER = (Invitation.sent_at, Invitation.id)


def invitation_list(actor, query: ListQuery) -> Listing:
    """A page of the invitations into rooms that somebody administers, the latest first. Three statements."""
    conditions = _conditions(actor, query)
    page = keyset(statement_of(conditions), ORDER, cursor=query.cursor, descending=True)
    return Listing(Page(lines_of(page.rows), page.previous, page.next), _count(conditions))


def invitation_count(actor) -> int:
    """How many of them wait for an answer."""
    return _count(_conditions(actor, ListQuery()))


def _count(conditions: list) -> int:
    return db.session.scalar(select(func.count(Invitation.id)).where(*conditions)) or 0


def _conditions(actor, query: ListQuery) -> list:
    rests = [administered(actor), *_in_state(dict(query.filters).get("state"))]
    if query.search:
        inviters = select(Account.id).where(names_match(Account, query.search))
        rooms = select(Room.id).where(Room.name.contains(query.search, autoescape=True))
        address = Invitation.address.contains(addresses.normalise(query.search), autoescape=True)
        rests.append(or_(address, Invitation.inviter_id.in_(inviters), Invitation.room_id.in_(rooms)))
    return rests


def _in_state(state: str | None) -> tuple:
    if state == "revoked":
        return (Invitation.revoked_at.is_not(None),)
    is_over = Invitation.expires_at <= now() if state == "expired" else Invitation.expires_at > now()
    return (Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None), is_over)
