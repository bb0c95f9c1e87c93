"""The list of a domain's accounts. It holds a hundred thousand of them: one index carries all but the page."""

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from app.extensions import db
from app.models import Account, Domain
from app.queries.directory.listing import Listing, Wish, counted, found
from app.queries.paging import Page, keyset

ORDERS = {"name": (Account.name, Account.id), "address": (Account.address,)}
"""What the list can be sorted by: what the database has an index for."""


def account_list(domain: Domain, wish: Wish) -> Listing:
    """A page of a domain's accounts. wish.filters may hold "state" and "role". Three statements."""
    keys = select(Account.id, Account.name, Account.address)
    keys = keys.where(Account.domain_id == domain.id, Account.is_guest.is_(False))
    for name, value in wish.filters:
        keys = keys.where(getattr(Account, name) == value)
    if wish.search:
        keys = keys.where(found(Account, wish.search))
    order = ORDERS.get(wish.order, ORDERS["name"])
    page = keyset(keys, order, cursor=wish.cursor, descending=wish.is_descending)
    rows = _rows([row.id for row in page.rows])
    return Listing(Page(rows, page.previous, page.next), counted(keys.with_only_columns(Account.id)))


def _rows(ids: list[int]) -> list[Account]:
    """The accounts themselves, in the order of their keys."""
    statement = select(Account).options(lazyload(Account.domain)).where(Account.id.in_(ids))
    by_id = {account.id: account for account in db.session.scalars(statement)} if ids else {}
    return [by_id[key] for key in ids]
