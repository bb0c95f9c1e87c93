"""Lists of WebAdmin: search, filters, sort, columns and page stand in the URL, so that it can be kept and shared."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from flask_babel import gettext as _

from app.errors import Invalid
from app.queries.listing import Listing, ListQuery
from app.queries.paging import Page

LONGEST_SEARCH = 200
# Boxes of a picker or a list that can be ticked at once.
LONGEST_CHOICE = 500


def chosen(name: str, longest: int = LONGEST_CHOICE) -> list[str]:
    """Return what is ticked. Error: Invalid for more than can be done at once."""
    texts = request.values.getlist(name)
    require_few(texts, longest)
    return texts


def require_few(things, longest: int) -> None:
    """Refuse more than can be done at once."""
    if len(things) > longest:
        raise Invalid(
            _(
                "%(count)s are selected, but at most %(longest)s can be changed at once. Nothing "
                "is done yet: select fewer.",
                count=len(things),
                longest=longest,
            ),
            code="too_many",
        )


def list_query(
    *, sorts: tuple[str, ...] = ("name",), filters: Mapping[str, Iterable[str]] | None = None
) -> ListQuery:
    """Return what the URL asks of a list; values that are not offered are ignored. The first sort is the default.

    filters: the values that each filter accepts.
    """
    sort = request.args.get("sort", "")
    return ListQuery(
        search=request.args.get("q", "").strip()[:LONGEST_SEARCH],
        sort=sort if sort.removeprefix("-") in sorts else sorts[0],
        cursor=request.args.get("cursor"),
        filters=tuple(
            (name, request.args[name])
            for name, values in (filters or {}).items()
            if request.args.get(name) in set(values)
        ),
    )


def address(**changes) -> str:
    """Return the address of the list that is shown, asked for otherwise; a value of None is taken out."""
    arguments = {**request.args.to_dict(), "cursor": None, **changes}
    if "column" in arguments:
        arguments["column"] = request.args.getlist("column")
    return with_query(str(request.endpoint), arguments)


def with_query(endpoint: str, arguments: dict, **values) -> str:
    """Return the address of a page about the same object, with query arguments; empty ones are left out.

    They are not given to url_for, which takes some names (_external, endpoint) for orders.
    """
    path = url_for(endpoint, **{**(request.view_args or {}), **values})
    query = urlencode({name: value for name, value in arguments.items() if value}, doseq=True)
    return f"{path}?{query}" if query else path


def next_address(page: Page) -> str | None:
    """Return where the following page is."""
    return address(cursor=page.next) if page.next else None


def previous_address(page: Page) -> str | None:
    """Return where the page before is."""
    return address(cursor=page.previous) if page.previous else None


@dataclass(frozen=True)
class Column:
    """A column of a list. name: how its cell and its sort are called. Only optional columns can be hidden."""

    name: str
    title: Any
    is_sorted: bool = False
    is_optional: bool = False
    is_usual: bool = True


@dataclass(frozen=True)
class Empty:
    """The state of a list without rows. button: its label and URL; is_dialog: whether it opens a dialog."""

    title: Any
    text: Any = ""
    icon: str = "search"
    button: tuple[Any, str] | None = None
    is_dialog: bool = False


@dataclass(frozen=True)
class Filter:
    """A filter of a list. title: the label of its first choice, which filters nothing."""

    name: str
    title: Any
    labels: Mapping[Any, Any]


@dataclass(frozen=True)
class ListPage:
    """A list as its page shows it: ui.list_tools and ui.list_rows render all but the cells.

    summary: the total in words. bulk: the bulk collection its rows are chosen for, with `scope`, the values of the
    form beside search and filters. identify: returns id and name of a row that can be chosen. export: the endpoint of
    the CSV file. import_url: the page of imports. refresh: the htmx trigger that reads the rows again.
    """

    query: ListQuery
    listing: Listing
    title: Any
    columns: tuple[Column, ...]
    summary: str
    placeholder: Any = ""
    filters: tuple[Filter, ...] = ()
    no_match: Empty | None = None
    empty: Empty | None = None
    bulk: str = ""
    actions: list = field(default_factory=list)
    scope: dict = field(default_factory=dict)
    identify: Callable[[Any], tuple[int, str]] | None = None
    export: str = ""
    import_url: str = ""
    refresh: str = "directory-changed from:body"
    default_sort: str = "name"
    table_class: str = "table-stack table-start"

    @property
    def rows(self) -> list:
        return self.listing.rows

    @property
    def total(self) -> int:
        return self.listing.total

    @property
    def url(self) -> str:
        """Return the address of the list without search and filters."""
        return url_for(str(request.endpoint), **(request.view_args or {}))

    @property
    def shown_columns(self) -> list[Column]:
        """Return the columns that the URL asks for (column=role&column=state), else the usual ones."""
        names = request.args.getlist("column")
        return [
            column
            for column in self.columns
            if not column.is_optional or (column.name in names if names else column.is_usual)
        ]

    @property
    def optional_columns(self) -> list[Column]:
        return [column for column in self.columns if column.is_optional]

    @property
    def selection(self) -> dict:
        """Return the values by which a bulk action finds all rows that match."""
        return {**self.scope, "q": self.query.search, **dict(self.query.filters)}

    @property
    def next_url(self) -> str | None:
        return next_address(self.listing.page)

    @property
    def previous_url(self) -> str | None:
        return previous_address(self.listing.page)

    @property
    def export_url(self) -> str:
        """Return the address of all rows as a file: the same filters, no page."""
        arguments = {name: value for name, value in request.args.items() if name not in ("cursor", "column")}
        return with_query(self.export, arguments)

    def filter(self, name: str) -> str:
        """Return the value of a filter; empty if it filters nothing."""
        return dict(self.query.filters).get(name, "")

    def sort_url(self, name: str) -> str:
        """Return the address of the list sorted by a column: descending if it is sorted by it now."""
        return address(sort=f"-{name}" if self.query.sort == name else name)

    def direction(self, name: str) -> str | None:
        """Return how a column is sorted now: "asc", "desc" or not at all."""
        if self.query.order != name:
            return None
        return "desc" if self.query.is_descending else "asc"
