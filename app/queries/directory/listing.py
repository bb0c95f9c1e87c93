"""What every list of the directory shares."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select

from app.extensions import db
from app.queries.paging import Page
from app.rules import addresses


@dataclass(frozen=True)
class Wish:
    """What a list is asked for: words to find, filters, an order such as "name" or "-name", a cursor."""

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
        """Whether the list is narrowed: an empty one then means "nothing found", not "nothing there"."""
        return bool(self.search or self.filters)


@dataclass(frozen=True)
class Listing:
    """A page of a list, and how many rows there are on all pages."""

    page: Page
    total: int

    @property
    def rows(self) -> list:
        return self.page.rows


def counted(statement) -> int:
    """How many rows a statement gives."""
    return db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery()))


def found(model, search: str):
    """A condition on accounts and groups: name or address holds what was typed, however it is written."""
    return or_(
        model.name.contains(search.strip(), autoescape=True),
        model.address.contains(addresses.normalise(search), autoescape=True),
    )
