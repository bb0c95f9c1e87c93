"""Somebody leaves: their guests, and those they have invited, are entrusted to somebody else of their domain."""

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import case, select, update

from app.errors import Invalid
from app.extensions import db
from app.models import CLOSED, Account, Invitation, now
from app.operations import audit, versions
from app.queries.successors import entrusted_to, guests_of, successor, successors, unanswered_of

AUDITED_GUESTS_MAX = 200
"""Guests that have an entry of their own in the trail; of more, the account's entry tells the number."""


class Successor(StrEnum):
    """Who answers for the guests of who leaves, where nobody is named."""

    FIRST = "first"
    """Whoever deletes the account, if of its domain; else the domain's first administrator, else its first person."""
    NOBODY = "nobody"
    """The guests stay, server administrators look after them; invitations are taken back."""


@dataclass(frozen=True)
class Handover:
    """How much was handed over, and to whose address; None: to nobody's."""

    guests: int = 0
    invitations: int = 0
    sponsor: str | None = None


def entrust_guests(actor, account: Account, wish: int | Successor) -> Handover:
    """Hand over whatever an account answers for. wish: the id of an active account of its domain. Error: Invalid.

    Invitations go first: whoever registers by one at this moment holds its lock, and is among the guests afterwards.
    """
    if account.is_guest or not entrusted_to(account):
        return Handover()
    heir = _still_able(account, _heir(actor, account, wish))
    if heir is None:
        return Handover(invitations=_take_back(account))
    invitations = _run(update(Invitation).where(*unanswered_of(account)).values(inviter_id=heir.id))
    return Handover(_hand_over(actor, account, heir), invitations, heir.address)


def _heir(actor, account: Account, wish: int | Successor) -> Account | None:
    if wish is Successor.NOBODY:
        return None
    if wish is Successor.FIRST:
        return next(iter(successors(actor, account, limit=1)), None)
    heir = successor(account, int(wish))
    if heir is None:
        raise _no_such_sponsor()
    return heir


def _still_able(account: Account, heir: Account | None) -> Account | None:
    """The same person under their lock: two deletions at once entrust nothing to somebody who goes as well."""
    if heir is None:
        return None
    heir = versions.lock_row(heir)
    if heir.state in CLOSED or heir.domain_id != account.domain_id:
        raise _no_such_sponsor()
    return heir


def _no_such_sponsor() -> Invalid:
    return Invalid(
        _("Choose an active account of the same domain to answer for the guests."),
        code="no_such_sponsor",
        field="sponsor",
    )


def _hand_over(actor, account: Account, heir: Account) -> int:
    mine = guests_of(account)
    named = (
        select(Account.id, Account.address).where(*mine).order_by(Account.id).limit(AUDITED_GUESTS_MAX + 1)
    )
    guests = db.session.execute(named).all()
    values = {"sponsor_id": heir.id, "link_generation": _generation(), "row_version": Account.row_version + 1}
    count = _run(update(Account).where(*mine).values(**values))
    if len(guests) <= AUDITED_GUESTS_MAX:
        _tell(actor, account, heir, guests)
    return count


def _generation():
    """The link to extend, which the former sponsor was mailed, ends; the one that confirms an address does not."""
    return case(
        (Account.verified_at.is_not(None), Account.link_generation + 1), else_=Account.link_generation
    )


def _tell(actor, account: Account, heir: Account, guests: list) -> None:
    for guest_id, address in guests:
        audit.record(
            actor,
            "guest.sponsor",
            kind="account",
            id=guest_id,
            name=address,
            domain_id=account.domain_id,
            before={"sponsor": account.address},
            after={"sponsor": heir.address},
        )


def _take_back(account: Account) -> int:
    values = {"revoked_at": now(), "generation": Invitation.generation + 1}
    return _run(update(Invitation).where(*unanswered_of(account)).values(**values))


def _run(statement) -> int:
    return db.session.execute(statement).rowcount
