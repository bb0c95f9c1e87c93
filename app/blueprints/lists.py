"""Lists of WebAdmin: what they are asked for stands in the address, so that it can be kept and passed on."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request, url_for
from flask_babel import gettext as _

from app.errors import Invalid
from app.queries.directory.listing import Listing, Wish
from app.queries.paging import Page

LONGEST_SEARCH = 200
LONGEST_CHOICE = 500
"""Boxes of a picker or a list that can be ticked at once."""


def chosen(name: str, longest: int = LONGEST_CHOICE) -> list[str]:
    """What was ticked. Error: Invalid for more than can be done at once; leaving some out would go unnoticed."""
    texts = request.values.getlist(name)
    require_few(texts, longest)
    return texts


def require_few(things, longest: int) -> None:
    """Refuse more than can be done at once."""
    if len(things) > longest:
        raise Invalid(
            _(
                "%(count)s are chosen, and %(longest)s is the most at once. Nothing is done yet: choose fewer.",
                count=len(things),
                longest=longest,
            ),
            code="too_many",
        )


def wish(*, sorts: tuple[str, ...] = ("name",), filters: dict[str, type] | None = None) -> Wish:
    """What the address asks of a list; what makes no sense there is left out. The first sort is the usual one."""
    sort = request.args.get("sort", "")
    return Wish(
        search=request.args.get("q", "").strip()[:LONGEST_SEARCH],
        sort=sort if sort.removeprefix("-") in sorts else sorts[0],
        cursor=request.args.get("cursor"),
        filters=tuple(
            (name, request.args[name])
            for name, choices in (filters or {}).items()
            if request.args.get(name) in set(choices)
        ),
    )


def columns(known: dict, usual: tuple[str, ...]) -> list[str]:
    """The columns that the address asks for (column=role&column=state), in their own order; else the usual ones."""
    chosen = request.args.getlist("column") or usual
    return [name for name in known if name in chosen]


def address(**changes) -> str:
    """The address of the list that is shown, asked for otherwise; a value of None is taken out."""
    arguments = {**request.args.to_dict(), "cursor": None, **changes}
    if "column" in arguments:
        arguments["column"] = request.args.getlist("column")
    return with_query(request.endpoint, arguments)


def with_query(endpoint: str, arguments: dict, **values) -> str:
    """The address of a page about the same object, with arguments that came in an address. Empty ones are left out.

    They are not given to url_for, which takes some names (_external, endpoint) for orders.
    """
    path = url_for(endpoint, **{**request.view_args, **values})
    query = urlencode({name: value for name, value in arguments.items() if value}, doseq=True)
    return f"{path}?{query}" if query else path


def next_address(page: Page) -> str | None:
    """Where the following page is."""
    return address(cursor=page.next) if page.next else None


def previous_address(page: Page) -> str | None:
    """Where the page before is."""
    return address(cursor=page.previous) if page.previous else None


@dataclass(frozen=True)
class Shown:
    """A list as its page shows it."""

    wish: Wish
    listing: Listing

    @property
    def rows(self) -> list:
        return self.listing.rows

    @property
    def total(self) -> int:
        return self.listing.total

    @property
    def next_url(self) -> str | None:
        return next_address(self.listing.page)

    @property
    def previous_url(self) -> str | None:
        return previous_address(self.listing.page)

    def filter(self, name: str) -> str:
        """What a filter is set to; empty for everything."""
        return dict(self.wish.filters).get(name, "")

    def sort_url(self, name: str) -> str:
        """Where the list is sorted by a column: downwards if it is sorted upwards by it now."""
        return address(sort=f"-{name}" if self.wish.sort == name else name)

    def file_url(self, endpoint: str) -> str:
        """Where all that the list leaves can be had as a file: the same filters, no page."""
        wanted = {name: value for name, value in request.args.items() if name not in ("cursor", "column")}
        return with_query(endpoint, wanted)

    def direction(self, name: str) -> str | None:
        """How a column is sorted now: "asc", "desc" or not at all."""
        if self.wish.order != name:
            return None
        return "desc" if self.wish.is_descending else "asc"
