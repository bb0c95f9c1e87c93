"""The list of a domain's accounts. It holds a hundred thousand of them: one index carries all but the page."""

from datetime import timedelta

from sqlalchemy import false, or_, select
from sqlalchemy.orm import lazyload

from app.extensions import db
from app.models import Account, AccountState, Domain, Role, now
from app.queries.directory.listing import Listing, ListQuery, total_of
from app.queries.name_index import names_match
from app.queries.paging import Page, keyset

ORDERS = {
    "name": (Account.name, Account.id),
    "address": (Account.address,),
    "seen": (Account.last_sign_in_at, Account.id),
}
"""What the list can be sorted by: what the database has an index for."""

FEW = 500
"""Accounts that words find, up to which the list is made of just these."""

# Any part of a name may be typed, so an index is read from end to end; the narrowest takes half as long. MariaDB would
# choose the wide one that the list is sorted by.
NARROW = "FORCE INDEX (ix_accounts_domain_id_is_guest_search_text)"

NOT_IN_ORDER = "IGNORE INDEX (ix_accounts_domain_id_last_sign_in_at, ix_accounts_domain_id_address)"
"""Where words find many and a filter leaves few of them, what is found is sorted. The database would hope for fifty
soon and go through an index in order, with every row read from the table."""

FEATURES = {
    "groupware": Account.has_groupware,
    "no-groupware": ~Account.has_groupware,
    "webdav": Account.has_webdav,
    "no-webdav": ~Account.has_webdav,
    "teamchat": Account.has_teamchat,
    "no-teamchat": ~Account.has_teamchat,
}
SEEN = ("never", "in-30", "not-30", "not-90")
"""Last sign-in: never, within thirty days, not within thirty or ninety days (which never is, too)."""

FILTERS = {
    "state": (AccountState.ENABLED, AccountState.MUTED, AccountState.DISABLED),
    "role": tuple(Role),
    "feature": tuple(FEATURES),
    "seen": SEEN,
}
"""What the list can be narrowed by, and to what."""

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
    """A page of a domain's accounts. query.filters may hold what FILTERS names. Three statements, with a
    search four."""
    order = ORDERS.get(query.order, ORDERS["name"])
    keys = select(Account.id, *(column for column in order if column is not Account.id))
    keys = keys.where(*conditions(domain, query))
    if query.search:
        keys = _searched(keys, domain, query.search)
    page = keyset(keys, order, cursor=query.cursor, descending=query.is_descending)
    rows = _rows([row.id for row in page.rows])
    return Listing(Page(rows, page.previous, page.next), total_of(page, keys.with_only_columns(Account.id)))


def _searched(keys, domain: Domain, search: str):
    """The keys of a list among those that the words find, as they are found fastest. One statement."""
    alone = select(Account.id).where(*conditions(domain, ListQuery(search=search))).limit(FEW + 1)
    ids = db.session.scalars(alone.with_hint(Account, NARROW, "mysql")).all()
    if len(ids) <= FEW:
        return keys.where(Account.id.in_(ids))
    return keys.with_hint(Account, NOT_IN_ORDER, "mysql")


def conditions(domain: Domain, query: ListQuery) -> list:
    """What an account of the list fulfils: the page, its export and actions on all that match rest on it."""
    rests = [Account.domain_id == domain.id, ~Account.is_guest]
    rests += [_filtered(name, value) for name, value in query.filters]
    if query.search:
        rests.append(names_match(Account, query.search))
    return rests


def every_account(domain: Domain, query: ListQuery, batch: int = 1000):
    """All accounts that a list leaves, as rows in the order of their keys; memory holds a batch at a time."""
    last = 0
    while True:
        statement = select(*EXPORTED).where(*conditions(domain, query), Account.id > last)
        rows = db.session.execute(statement.order_by(Account.id).limit(batch)).all()
        if not rows:
            return
        yield from rows
        last = rows[-1].id


def _filtered(name: str, value: str):
    if value not in FILTERS.get(name, ()):
        return false()
    if name == "feature":
        return FEATURES[value]
    if name == "seen":
        return _seen(value)
    return getattr(Account, name) == value


def _seen(value: str):
    if value == "never":
        return Account.last_sign_in_at.is_(None)
    word, _dash, days = value.partition("-")
    since = now().replace(minute=0, second=0, microsecond=0) - timedelta(days=int(days))
    if word == "in":
        return Account.last_sign_in_at >= since
    return or_(Account.last_sign_in_at.is_(None), Account.last_sign_in_at < since)


def _rows(ids: list[int]) -> list[Account]:
    """The accounts themselves, in the order of their keys."""
    statement = select(Account).options(lazyload(Account.domain)).where(Account.id.in_(ids))
    by_id = {account.id: account for account in db.session.scalars(statement)} if ids else {}
    return [by_id[key] for key in ids]
