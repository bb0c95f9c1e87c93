"""The list of a domain's accounts. It holds a hundred thousand of them: one index carries all but the page."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, or_, select, true
from sqlalchemy.orm import contains_eager, lazyload

from app.extensions import db
from app.models import CLOSED, Account, AccountState, AdministeredDomain, Domain, Role, now
from app.queries.listing import Listing, ListQuery, count_rows, total_rows
from app.queries.paging import Page, keyset
from app.rules.rights import scope
from app.text.search_text import split_query

# What the list can be sorted by: what the database has an index for.
ORDERS = {
    "name": (Account.name, Account.id),
    "address": (Account.address,),
    "seen": (Account.last_sign_in_at, Account.id),
}

# Accounts that words find, up to which the list is made of just these.
FEW = 500

# Any part of a name may be typed, so an index is read from end to end; the narrowest takes half as long. MariaDB would
# choose the wide one that the list is sorted by.
NARROW = "FORCE INDEX (ix_accounts_domain_id_is_guest_search_text)"

# Where words find many and a filter leaves few of them, what is found is sorted. The database would hope
# for fifty soon and go through an index in order, with every row read from the table.
NOT_IN_ORDER = "IGNORE INDEX (ix_accounts_domain_id_last_sign_in_at, ix_accounts_domain_id_address)"

FEATURES = {
    "groupware": Account.has_groupware,
    "no-groupware": ~Account.has_groupware,
    "webdav": Account.has_webdav,
    "no-webdav": ~Account.has_webdav,
    "teamchat": Account.has_teamchat,
    "no-teamchat": ~Account.has_teamchat,
}
# Last sign-in: never, within thirty days, not within thirty or ninety days (which never is, too).
SEEN = ("never", "in-30", "not-30", "not-90")

# What the list can be narrowed by, and to what.
FILTERS = {
    "state": (AccountState.ENABLED, AccountState.MUTED, AccountState.DISABLED),
    "role": tuple(Role),
    "feature": tuple(FEATURES),
    "seen": SEEN,
}

EXPORTED = (
    Account.id,
    Account.name,
    Account.address,
    Account.role,
    Account.state,
    Account.language,
    Account.has_groupware,
    Account.has_webdav,
    Account.has_teamchat,
    Account.last_sign_in_at,
)


def account_list(domain: Domain, query: ListQuery) -> Listing:
    """Return a page of a domain's accounts. query.filters may hold what FILTERS names.

    Three statements, with a search four.
    """
    order = ORDERS.get(query.order, ORDERS["name"])
    keys = select(Account.id, *(column for column in order if column is not Account.id))
    keys = keys.where(*conditions(domain, query))
    if query.search:
        keys = _searched(keys, domain, query.search)
    page = keyset(keys, order, cursor=query.cursor, descending=query.is_descending)
    rows = _rows([row.id for row in page.rows])
    return Listing(Page(rows, page.previous, page.next), total_rows(page, keys.with_only_columns(Account.id)))


def _searched(keys: Any, domain: Domain, search: str) -> Select:
    """Return the keys of a list among those that the words find, as they are found fastest. One statement."""
    alone = select(Account.id).where(*conditions(domain, ListQuery(search=search))).limit(FEW + 1)
    ids = db.session.scalars(alone.with_hint(Account, NARROW, "mysql")).all()
    if len(ids) <= FEW:
        return keys.where(Account.id.in_(ids))
    return keys.with_hint(Account, NOT_IN_ORDER, "mysql")


def conditions(domain: Domain, query: ListQuery) -> list:
    """Return the conditions of a list of accounts, shared by the page, its export and actions on all matches."""
    clauses = [Account.domain_id == domain.id, ~Account.is_guest]
    clauses += [_filtered(name, value) for name, value in query.filters]
    if query.search:
        clauses.append(names_match(Account, query.search))
    return clauses


def every_account(domain: Domain, query: ListQuery, batch: int = 1000) -> Iterator[Row]:
    """All accounts that a list leaves, as rows in the order of their keys; memory holds a batch at a time."""
    last = 0
    while True:
        statement = select(*EXPORTED).where(*conditions(domain, query), Account.id > last)
        rows = db.session.execute(statement.order_by(Account.id).limit(batch)).all()
        if not rows:
            return
        yield from rows
        last = rows[-1].id


def _filtered(name: str, value: str) -> Any:
    if value not in FILTERS.get(name, ()):
        return false()
    if name == "feature":
        return FEATURES[value]
    if name == "seen":
        return _seen(value)
    return getattr(Account, name) == value


def _seen(value: str) -> ColumnElement[bool]:
    if value == "never":
        return Account.last_sign_in_at.is_(None)
    word, _dash, days = value.partition("-")
    since = now().replace(minute=0, second=0, microsecond=0) - timedelta(days=int(days))
    if word == "in":
        return Account.last_sign_in_at >= since
    return or_(Account.last_sign_in_at.is_(None), Account.last_sign_in_at < since)


def _rows(ids: list[int]) -> list[Account]:
    """Return the accounts themselves, in the order of their keys."""
    statement = select(Account).options(lazyload(Account.domain)).where(Account.id.in_(ids))
    by_id = {account.id: account for account in db.session.scalars(statement)} if ids else {}
    return [by_id[key] for key in ids]


POWERFUL = (Role.SERVER, Role.WEB, Role.DOMAIN)
# Administrators are few among many: left to itself MariaDB walks through every account of every domain.
BY_ROLE = "FORCE INDEX (ix_accounts_role)"

# Candidates shown at once; whoever looks for somebody else types.
SHOWN = 30


@dataclass(frozen=True)
class AdministratorRow:
    """An administrator in the list.

    domains: names of the domains they administer, as far as the reader knows them. is_foreign: of another domain, and
    here because of one of the reader's.
    """

    account: Account
    domains: tuple[str, ...]
    may_touch: bool
    is_foreign: bool


def administrator_list(actor: Account, query: ListQuery) -> Listing:
    """Return a page of the administrators of one's scope, and of those from elsewhere who administer a domain of it.

    query.filters may hold "role". Only for domain administrators does the number of statements grow with the
    rows.
    """
    mine = select(Domain.id).where(scope.of_domains(actor))
    further = select(AdministeredDomain.account_id).where(AdministeredDomain.domain_id.in_(mine))
    statement = (
        select(Account)
        .with_hint(Account, BY_ROLE, "mysql")
        .join(Account.domain)
        .options(contains_eager(Account.domain))
        .where(Account.role.in_(POWERFUL), ~Account.is_guest, Account.state != AccountState.DELETED)
        .where(or_(scope.of_domains(actor), Account.id.in_(further)))
    )
    for name, value in query.filters:
        statement = statement.where(getattr(Account, name) == value)
    if query.search:
        statement = statement.where(names_match(Account, query.search))
    page = keyset(statement, (Account.name, Account.id), cursor=query.cursor, descending=query.is_descending)
    rows = _administrators_rows(actor, [row[0] for row in page.rows])
    return Listing(replace(page, rows=rows), count_rows(statement.with_only_columns(Account.id)))


def candidates(domain: Domain, search: str) -> tuple[list[Account], bool]:
    """Return the first accounts of a domain that administer nothing yet, and whether there are more.

    One statement.
    """
    statement = select(Account).options(lazyload(Account.domain)).where(Account.domain_id == domain.id)
    statement = statement.where(Account.role == Role.USER, ~Account.is_guest)
    statement = statement.where(Account.state.not_in(CLOSED))
    if search:
        statement = statement.where(names_match(Account, search))
    rows = list(db.session.scalars(statement.order_by(Account.name, Account.id).limit(SHOWN + 1)))
    return rows[:SHOWN], len(rows) > SHOWN


def further_domains(account: Account) -> list[int]:
    """Return ids of the domains an account administers beside its own."""
    statement = select(AdministeredDomain.domain_id).where(AdministeredDomain.account_id == account.id)
    return list(db.session.scalars(statement))


def _administrators_rows(actor: Account, accounts: list[Account]) -> list[AdministratorRow]:
    domains = _domains_of(actor, [account.id for account in accounts if account.role is Role.DOMAIN])
    inside = {domain.id for domain in _domains_in_scope(actor, {account.domain_id for account in accounts})}
    return [
        AdministratorRow(
            account=account,
            domains=_names(account, domains[account.id], account.domain_id in inside),
            may_touch=account.domain_id in inside and scope.may_touch(actor, account),
            is_foreign=account.domain_id not in inside,
        )
        for account in accounts
    ]


def _names(account: Account, further: list[str], is_inside: bool) -> tuple[str, ...]:
    if account.role is not Role.DOMAIN:
        return ()
    return ((account.domain.name,) if is_inside else ()) + tuple(further)


def _domains_of(actor: Account, account_ids: list[int]) -> dict[int, list[str]]:
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


def _domains_in_scope(actor: Account, ids: set[int]) -> list[Domain]:
    statement = select(Domain).where(Domain.id.in_(ids), scope.of_domains(actor))
    return list(db.session.scalars(statement)) if ids else []


def names_match(model: Any, search: str) -> ColumnElement[bool]:
    """Return a condition: the name and address contain every word of the search, in any order."""
    words = split_query(search)
    # A word that is empty after folding, such as a lone accent, matches nothing.
    return and_(true(), *(_like(model, f"%{_escaped(word)}%") for word in words)) if all(words) else false()


def name_begins(model: Any, text: str) -> ColumnElement[bool]:
    """Return a condition: the address, the name or a later word of the name begins with the text."""
    prefix = " ".join(split_query(text))
    if not prefix:
        return true() if not text.strip() else false()
    prefix = _escaped(prefix)
    return or_(_like(model, f"{prefix}%"), _like(model, f"%\n{prefix}%"), _like(model, f"% {prefix}%"))


def _like(model: Any, pattern: str) -> ColumnElement[bool]:
    return model.search_text.like(pattern, escape="/")


def _escaped(word: str) -> str:
    for sign in "/%_":
        word = word.replace(sign, f"/{sign}")
    return word
