"""Handover of guests and unanswered invitations when their sponsor's account is deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import Case, Row, case, select, update

from app.errors import Invalid
from app.extensions import db
from app.identity import System
from app.models import CLOSED, Account, Invitation, now
from app.operations import audit, versions
from app.queries.successors import entrusted_to, guests_of, successor, successors, unanswered_of

# Up to so many guests get an audit entry each; beyond, only the account's entry gives their number.
AUDITED_GUESTS_MAX = 200


class Successor(StrEnum):
    """Choice of the next sponsor where no account is named."""

    # The person who deletes the account, if of its domain; else the domain's first administrator,
    # else its first person.
    FIRST = "first"
    # The guests stay, and server administrators look after them; invitations are revoked.
    NOBODY = "nobody"


@dataclass(frozen=True)
class Handover:
    """How much was handed over, and the address of the new sponsor, None without one."""

    guests: int = 0
    invitations: int = 0
    sponsor: str | None = None


def entrust_guests(actor: Account | System, account: Account, choice: int | Successor) -> Handover:
    """Hand over the guests and unanswered invitations of an account.

    choice: the id of an active account of the same domain, or a Successor. Error: Invalid.
    """
    if account.is_guest or not entrusted_to(account):
        return Handover()
    sponsor = _lock_sponsor(account, _chosen_sponsor(actor, account, choice))
    if sponsor is None:
        return Handover(invitations=_revoke_invitations(account))
    # Invitations go first: a person who registers by one holds its lock, and is among the guests afterwards.
    statement = update(Invitation).where(*unanswered_of(account)).values(inviter_id=sponsor.id)
    invitations = versions.execute_update(statement, synchronize="auto")
    return Handover(_hand_over_guests(actor, account, sponsor), invitations, sponsor.address)


def _chosen_sponsor(actor: Account | System, account: Account, choice: int | Successor) -> Account | None:
    if choice is Successor.NOBODY:
        return None
    if choice is Successor.FIRST:
        return next(iter(successors(actor, account, limit=1)), None)
    sponsor = successor(account, int(choice))
    if sponsor is None:
        raise _no_such_sponsor()
    return sponsor


def _lock_sponsor(account: Account, sponsor: Account | None) -> Account | None:
    """Lock the new sponsor and check them again: two deletions at once must not entrust guests to each other."""
    if sponsor is None:
        return None
    sponsor = versions.lock_row(sponsor)
    if sponsor.state in CLOSED or sponsor.domain_id != account.domain_id:
        raise _no_such_sponsor()
    return sponsor


def _no_such_sponsor() -> Invalid:
    return Invalid(
        _("Choose an active account of the same domain to answer for the guests."),
        code="no_such_sponsor",
        field="sponsor",
    )


def _hand_over_guests(actor: Account | System, account: Account, sponsor: Account) -> int:
    is_own_guest = guests_of(account)
    addresses = select(Account.id, Account.address).where(*is_own_guest).order_by(Account.id)
    guests = db.session.execute(addresses.limit(AUDITED_GUESTS_MAX + 1)).all()
    values = {
        "sponsor_id": sponsor.id,
        "link_generation": _next_link_generation(),
        "row_version": Account.row_version + 1,
    }
    statement = update(Account).where(*is_own_guest).values(**values)
    count = versions.execute_update(statement, synchronize="auto")
    if len(guests) <= AUDITED_GUESTS_MAX:
        _audit_each_guest(actor, account, sponsor, guests)
    return count


def _next_link_generation() -> Case[int]:
    """End the links to extend, which the former sponsor was mailed, but not those that confirm an address."""
    return case(
        (Account.verified_at.is_not(None), Account.link_generation + 1), else_=Account.link_generation
    )


def _audit_each_guest(
    actor: Account | System, account: Account, sponsor: Account, guests: Sequence[Row[int, str]]
) -> None:
    for guest_id, address in guests:
        audit.record(
            actor,
            "guest.sponsor",
            kind="account",
            id=guest_id,
            name=address,
            domain_id=account.domain_id,
            before={"sponsor": account.address},
            after={"sponsor": sponsor.address},
        )


def _revoke_invitations(account: Account) -> int:
    values = {"revoked_at": now(), "generation": Invitation.generation + 1}
    statement = update(Invitation).where(*unanswered_of(account)).values(**values)
    return versions.execute_update(statement, synchronize="auto")
