"""Scope: what an administrator administers. Domains, accounts and groups outside of it do not exist."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Row, Select, exists, or_, select, true
from sqlalchemy.orm import contains_eager

from app.errors import Forbidden, NotFound
from app.extensions import db
from app.models import CLOSED, Account, AdministeredDomain, Domain, DomainState, Group, Role

# Roles from the least to the most powerful.
RANKS = {Role.USER: 0, Role.DOMAIN: 1, Role.WEB: 2, Role.SERVER: 3}


def is_administrator(actor: Account) -> bool:
    """Return whether a person administers anything at all."""
    return actor.role is not Role.USER and not actor.is_guest and actor.state not in CLOSED


def is_server_wide(actor: Account) -> bool:
    """Return whether a person administers every domain of the server."""
    return is_administrator(actor) and actor.role in (Role.SERVER, Role.WEB)


def require_server_wide(actor: Account) -> None:
    """Refuse what only server and web administrators do."""
    if not is_server_wide(actor):
        raise Forbidden(_("Only a server or web administrator may do this."), code="server_wide_only")


def is_server_administrator(actor: Account) -> bool:
    """Return whether a person administers the server itself, and not only WebAdmin."""
    return is_administrator(actor) and actor.role is Role.SERVER


def require_server_administrator(actor: Account) -> None:
    """Refuse everybody but server administrators.

    Used for whatever could make a web administrator one of them: mails carry links to choose a password.
    """
    if not is_server_administrator(actor):
        raise Forbidden(_("Only a server administrator may do this."), code="server_only")


def of_domains(actor: Account) -> ColumnElement[bool]:
    """Return a condition on Domain: those an actor administers, without the internal domain and deleted ones."""
    if not is_administrator(actor):
        return Domain.id.is_(None)
    own = (
        true() if is_server_wide(actor) else or_(Domain.id == actor.domain_id, Domain.id.in_(_further(actor)))
    )
    return ~Domain.is_internal & (Domain.state != DomainState.DELETED) & own


def of_members(actor: Account, group: Group) -> ColumnElement[bool]:
    """Return a condition on Domain: those whose people an actor may put into a group.

    Only server and web administrators put people of several domains into one.
    """
    return of_domains(actor) if is_server_wide(actor) else of_domains(actor) & (Domain.id == group.domain_id)


def _further(account: Account | Row) -> Select:
    """Return ids of the domains a domain administrator looks after beside their own."""
    return select(AdministeredDomain.domain_id).where(AdministeredDomain.account_id == account.id)


def administers_domain(actor: Account, domain_id: int) -> bool:
    """Return whether a domain is within the actor's scope."""
    return db.session.scalar(select(exists().where(Domain.id == domain_id, of_domains(actor)))) is True


def find_domain(actor: Account, domain_id: int) -> Domain:
    """Return a domain by id, within the actor's scope. Error: NotFound."""
    return _found(select(Domain).where(Domain.id == domain_id, of_domains(actor)))


def find_account(actor: Account, account_id: int) -> Account:
    """Return an account by its id, within the actor's scope. Error: NotFound."""
    statement = select(Account).join(Account.domain).options(contains_eager(Account.domain))
    return _found(statement.where(Account.id == account_id, ~Account.is_guest, of_domains(actor)))


def find_group(actor: Account, group_id: int) -> Group:
    """Return a group by its id, within the actor's scope. Error: NotFound."""
    statement = select(Group).join(Group.domain).options(contains_eager(Group.domain))
    return _found(statement.where(Group.id == group_id, of_domains(actor)))


def may_touch(actor: Account, account: Account | Row) -> bool:
    """Return whether an actor may change an account of their scope.

    Nobody edits a role above their own, nor the administrator of domains that they do not administer themselves:
    they could set a password, sign in with it and reach these domains.
    """
    if RANKS[account.role] > RANKS[actor.role]:
        return False
    if account.role is not Role.DOMAIN or is_server_wide(actor) or account.id == actor.id:
        return True
    within = select(Domain.id).where(of_domains(actor))
    there = (Domain.id.in_(_further(account)), Domain.state != DomainState.DELETED)
    beyond = select(Domain.id).where(*there, Domain.id.not_in(within))
    return not db.session.scalar(select(exists(beyond)))


def require_may_touch(actor: Account, account: Account) -> None:
    """Refuse to change an administrator with more powers than the actor."""
    if not may_touch(actor, account):
        raise Forbidden(
            _("This account administers more than you do: you may not change it."), code="higher_role"
        )


def may_close(actor: Account, domain: Domain | Row) -> bool:
    """Return whether an actor may suspend or delete a domain.

    Not one in which an account has a role above theirs: it could not sign in any more.
    """
    above = [role for role in RANKS if RANKS[role] > RANKS[actor.role]]
    accounts = (Account.domain_id == domain.id, Account.role.in_(above), Account.state.not_in(CLOSED))
    return not db.session.scalar(select(exists().where(*accounts)))


def require_may_close(actor: Account, domain: Domain) -> None:
    """Refuse to suspend or delete a domain with administrators above the actor's role."""
    if not may_close(actor, domain):
        raise Forbidden(
            _(
                "An account of this domain administers more than you do: you may not suspend or delete the domain."
            ),
            code="higher_role",
        )


def grantable_roles(actor: Account) -> list[Role]:
    """Return the roles that an actor may give, from the least: none above their own."""
    return [role for role in RANKS if RANKS[role] <= RANKS[actor.role]]


def require_may_grant(actor: Account, role: Role) -> None:
    """Refuse to give a role above the actor's own."""
    if RANKS[role] > RANKS[actor.role]:
        raise Forbidden(_("You may not give a role above your own."), code="higher_role")


def _found(statement: Select) -> Any:
    row = db.session.scalars(statement).one_or_none()
    if row is None:
        raise NotFound()
    return row
