"""Responsibilities of an account (guests, open invitations), and people who could take them over."""

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import lazyload

from app.extensions import db
from app.models import CLOSED, Account, AccountState, Domain, Invitation, Role


@dataclass(frozen=True)
class Entrusted:
    """Numbers of an account's guests and of its open invitations."""

    guests: int
    invitations: int

    def __bool__(self) -> bool:
        return bool(self.guests or self.invitations)


def entrusted_to(account: Account) -> Entrusted:
    """Count an account's guests and open invitations. Two statements."""
    guests = select(func.count(Account.id)).where(*guests_of(account))
    invitations = select(func.count(Invitation.id)).where(*unanswered_of(account))
    return Entrusted(db.session.scalar(guests), db.session.scalar(invitations))


def guests_of(account: Account) -> tuple:
    """Return conditions on Account: the guests of a sponsor."""
    return (Account.sponsor_id == account.id, Account.is_guest, Account.state != AccountState.DELETED)


def unanswered_of(account: Account) -> tuple:
    """Return conditions on Invitation: an inviter's that can still be answered, or sent again once expired."""
    return (
        Invitation.inviter_id == account.id,
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
    )


def successors(actor, account: Account, limit: int) -> list[Account]:
    """Return possible successors of a sponsor: the asking administrator first, where they are of its domain.

    Then the domain's other administrators, then its people by name. Two statements.
    """
    return _ordered(actor, _able(account.domain_id).where(Account.id != account.id), limit)


def able_in(actor, domain: Domain, limit: int) -> list[Account]:
    """Return possible sponsors in a domain, in the same order. Two statements."""
    return _ordered(actor, _able(domain.id), limit)


def successor(account: Account, successor_id: int) -> Account | None:
    """Return one of them by id."""
    able = _able(account.domain_id).where(Account.id != account.id)
    return db.session.scalars(able.where(Account.id == successor_id)).one_or_none()


def _ordered(actor, able, limit: int) -> list[Account]:
    actor_first = case((Account.id == actor.id, 0), else_=1)
    administrators = able.where(Account.role != Role.USER).order_by(actor_first, Account.id)
    accounts = list(db.session.scalars(administrators.limit(limit)))
    people = able.where(Account.role == Role.USER).order_by(Account.name, Account.id)
    return accounts + list(db.session.scalars(people.limit(limit - len(accounts))))


def _able(domain_id: int):
    """Of the same domain, so that its administrators and its limits stay the guests'; a suspended domain keeps them."""
    return (
        select(Account)
        .options(lazyload(Account.domain))
        .where(Account.domain_id == domain_id, ~Account.is_guest, Account.state.not_in(CLOSED))
    )
