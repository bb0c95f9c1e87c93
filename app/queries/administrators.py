"""Who administers what."""

from collections import defaultdict
from dataclasses import dataclass, replace

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, lazyload

from app.extensions import db
from app.models import CLOSED, Account, AccountState, AdministeredDomain, Domain, Role
from app.queries.directory.listing import Listing, ListQuery, counted
from app.queries.name_index import names_match
from app.queries.paging import keyset
from app.rules import scope

POWERFUL = (Role.SERVER, Role.WEB, Role.DOMAIN)
BY_ROLE = "FORCE INDEX (ix_accounts_role)"
"""Administrators are few among many: left to itself MariaDB walks through every account of every domain."""

SHOWN = 30
"""Candidates shown at once; whoever looks for somebody else types."""


@dataclass(frozen=True)
class AdministratorRow:
    """An administrator in the list. domains: names of what a domain administrator looks after, as far as the asking one
    knows them. is_foreign: of a domain of others, and here because of one of ours."""

    account: Account
    domains: tuple[str, ...]
    may_touch: bool
    is_foreign: bool


def administrator_list(actor, query: ListQuery) -> Listing:
    """A page of the administrators of one's scope, and of those from elsewhere who administer a domain of it.

    query.filters may hold "role". Only for domain administrators does the number of statements grow with the rows.
    """
    mine = select(Domain.id).where(scope.of_domains(actor))
    ours = select(AdministeredDomain.account_id).where(AdministeredDomain.domain_id.in_(mine))
    statement = (
        select(Account)
        .with_hint(Account, BY_ROLE, "mysql")
        .join(Account.domain)
        .options(contains_eager(Account.domain))
        .where(Account.role.in_(POWERFUL), ~Account.is_guest, Account.state != AccountState.DELETED)
        .where(or_(scope.of_domains(actor), Account.id.in_(ours)))
    )
    for name, value in query.filters:
        statement = statement.where(getattr(Account, name) == value)
    if query.search:
        statement = statement.where(names_match(Account, query.search))
    page = keyset(statement, (Account.name, Account.id), cursor=query.cursor, descending=query.is_descending)
    rows = _rows(actor, [row[0] for row in page.rows])
    return Listing(replace(page, rows=rows), counted(statement.with_only_columns(Account.id)))


def candidates(domain: Domain, search: str) -> tuple[list[Account], bool]:
    """The first accounts of a domain that administer nothing yet, and whether there are more. One statement."""
    statement = select(Account).options(lazyload(Account.domain)).where(Account.domain_id == domain.id)
    statement = statement.where(Account.role == Role.USER, ~Account.is_guest)
    statement = statement.where(Account.state.not_in(CLOSED))
    if search:
        statement = statement.where(names_match(Account, search))
    rows = list(db.session.scalars(statement.order_by(Account.name, Account.id).limit(SHOWN + 1)))
    return rows[:SHOWN], len(rows) > SHOWN


def further_domains(account: Account) -> list[int]:
    """Ids of the domains an account administers beside its own."""
    statement = select(AdministeredDomain.domain_id).where(AdministeredDomain.account_id == account.id)
    return list(db.session.scalars(statement))


def _rows(actor, accounts: list[Account]) -> list[AdministratorRow]:
    known = _domains_of(actor, [one.id for one in accounts if one.role is Role.DOMAIN])
    inside = {domain.id for domain in _domains_in_scope(actor, {one.domain_id for one in accounts})}
    return [
        AdministratorRow(
            account=one,
            domains=_names(one, known[one.id], one.domain_id in inside),
            may_touch=one.domain_id in inside and scope.may_touch(actor, one),
            is_foreign=one.domain_id not in inside,
        )
        for one in accounts
    ]


def _names(account: Account, further: list[str], is_inside: bool) -> tuple[str, ...]:
    if account.role is not Role.DOMAIN:
        return ()
    return ((account.domain.name,) if is_inside else ()) + tuple(further)


def _domains_of(actor, account_ids: list[int]) -> dict[int, list[str]]:
    names = defaultdict(list)
    statement = (
        select(AdministeredDomain.account_id, Domain.name)
        .join(Domain, Domain.id == AdministeredDomain.domain_id)
        .where(AdministeredDomain.account_id.in_(account_ids), scope.of_domains(actor))
        .order_by(Domain.name)
    )
    for account_id, name in db.session.execute(statement) if account_ids else ():
        names[account_id].append(name)
    return names


def _domains_in_scope(actor, ids: set[int]) -> list[Domain]:
    statement = select(Domain).where(Domain.id.in_(ids), scope.of_domains(actor))
    return list(db.session.scalars(statement)) if ids else []
