"""Limits on the number of a domain's accounts and guests."""

from flask_babel import ngettext
from sqlalchemy import func, select

from app.errors import Invalid
from app.extensions import db
from app.models import Account, AccountState, Domain, Invitation, now


def require_room_for_account(domain: Domain) -> None:
    """Refuse an account beyond the domain's limit. The domain is locked, so that two makers do not both fit in."""
    limit = _limit(domain, Domain.account_limit)
    if limit is not None and account_count(domain) >= limit:
        raise Invalid(
            ngettext(
                "This domain may hold %(num)s account, and does. A server administrator can raise the limit.",
                "This domain may hold %(num)s accounts, and does. A server administrator can raise the limit.",
                limit,
            ),
            code="domain_full",
        )


def require_room_for_guest(domain: Domain, *, with_invited: bool = False) -> None:
    """Refuse a guest beyond the limit of the domain that invites. Locked, as for accounts.

    with_invited: whether those count too who were invited and have not answered yet.
    """
    limit = _limit(domain, Domain.guest_limit)
    if limit is None:
        return
    if guest_count(domain) + (invited_count(domain) if with_invited else 0) >= limit:
        raise Invalid(
            ngettext(
                "This domain may have %(num)s guest, and does. A server administrator can raise the limit.",
                "This domain may have %(num)s guests, and does. A server administrator can raise the limit.",
                limit,
            ),
            code="domain_full_of_guests",
        )


def _limit(domain: Domain, column) -> int | None:
    """Return a domain's limit; where there is one, lock the domain's row until the commit."""
    limit = db.session.scalar(select(column).where(Domain.id == domain.id))
    if limit is None:
        return None
    return db.session.scalar(select(column).where(Domain.id == domain.id).with_for_update())


def account_count(domain: Domain) -> int:
    """Return the number of a domain's accounts, disabled ones included."""
    own = (Account.domain_id == domain.id, ~Account.is_guest)
    return _count(select(func.count(Account.id)).where(*own))


def guest_count(domain: Domain) -> int:
    """Return the number of guests that the people of a domain are sponsors of."""
    sponsors = select(Account.id).where(Account.domain_id == domain.id)
    is_sponsored = (Account.is_guest, Account.state != AccountState.DELETED, Account.sponsor_id.in_(sponsors))
    return _count(select(func.count(Account.id)).where(*is_sponsored))


def invited_count(domain: Domain) -> int:
    """Return the number of open invitations from a domain's people to outsiders without an account."""
    is_open = (
        Invitation.account_id.is_(None),
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > now(),
    )
    inviters = select(Account.id).where(Account.domain_id == domain.id)
    statement = select(func.count(Invitation.address.distinct())).where(*is_open)
    return _count(statement.where(Invitation.inviter_id.in_(inviters)))


def _count(statement) -> int:
    return db.session.scalar(statement) or 0
