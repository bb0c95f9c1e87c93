"""Pages of lists: what is asked for, the rows, and their total."""

import time
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from app.extensions import db
from app.queries.paging import Page

# Totals from here on are remembered for some seconds.
LARGE = 10_000
REMEMBERED_SECONDS = 30.0

REMEMBERED_AT_MOST = 256
_remembered: dict[tuple, tuple[int, float]] = {}


@dataclass(frozen=True)
class ListQuery:
    """Request for a list: search words, filters, a sort such as "name" or "-name", a cursor."""

    search: str = ""
    sort: str = "name"
    cursor: str | None = None
    filters: tuple[tuple[str, str], ...] = ()

    @property
    def is_descending(self) -> bool:
        return self.sort.startswith("-")

    @property
    def order(self) -> str:
        """The column that is sorted by."""
        return self.sort.removeprefix("-")

    @property
    def is_filtered(self) -> bool:
        """Return whether the list is narrowed: an empty one then means that nothing matches."""
        return bool(self.search or self.filters)


@dataclass(frozen=True)
class Listing:
    """A page of a list, and how many rows there are on all pages."""

    page: Page
    total: int

    @property
    def rows(self) -> list:
        return self.page.rows


def count_rows(statement: Select) -> int:
    """Count the rows of a statement."""
    return db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0


def total_rows(page: Page, statement: Select) -> int:
    """Return the number of rows of a statement of which a page was read; nothing is counted where that is all."""
    if page.previous is None and page.next is None:
        return len(page.rows)
    return remembered_count(statement)


def remembered_count(statement: Select) -> int:
    """Return the number of rows of a statement; large numbers are remembered for half a minute.

    Counting a hundred thousand index entries takes longer than reading the page below, and nobody notices a
    few.
    """
    compiled = statement.order_by(None).compile(db.engine)
    key = (str(compiled), tuple(sorted((name, str(value)) for name, value in compiled.params.items())))
    count, until = _remembered.get(key, (0, 0.0))
    if until > time.monotonic():
        return count
    count = count_rows(statement)
    if count >= LARGE:
        if len(_remembered) >= REMEMBERED_AT_MOST:
            _remembered.clear()
        _remembered[key] = (count, time.monotonic() + REMEMBERED_SECONDS)
    return count
