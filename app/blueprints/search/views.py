"""The search box of WebAdmin's header, and its page where no scripts run."""

from dataclasses import dataclass
from typing import Any, cast

from flask import Blueprint, Response, current_app, request, url_for
from flask_babel import gettext as _

from app.blueprints import lists
from app.blueprints.access_control import me
from app.blueprints.navigation import every_entry
from app.htmx import page
from app.queries.search import finder
from app.queries.search.finder import FinderHit
from app.rules.accounts.addresses import readable
from app.text import words

blueprint = Blueprint("search", __name__, url_prefix="/admin")

# Where each kind of hit leads, under which name its id goes there, and its sign.
VIEWS = {
    "domain": ("domains.show", "domain_id", "building"),
    "account": ("accounts.show", "account_id", "user"),
    "group": ("groups.show", "group_id", "users-group"),
    "guest": ("guests.show", "guest_id", "user-question"),
}


@dataclass(frozen=True)
class FinderResults:
    """A line of the answer."""

    title: str
    detail: str
    url: str
    icon: str


@blueprint.get("/search")
def search() -> Response:
    """Show what was found, kind by kind. Fragments: found."""
    query = request.args.get("q", "").strip()[: lists.LONGEST_SEARCH]
    sections = _sections(query) if query else []
    return page(
        "search/search.html",
        blocks=("found",),
        query=query,
        sections=[(title, lines) for title, lines in sections if lines],
        is_too_short=bool(query) and not finder.search_words(query),
    )


def _sections(query: str) -> list[tuple[str, list[FinderResults]]]:
    hits = finder.find(me(), query)
    titles = {
        "domain": _("Domains"),
        "account": _("Accounts"),
        "group": _("Groups"),
        "guest": _("Guest accounts"),
    }
    people = [
        (title, [_line(hit) for hit in hits if hit.kind == kind])
        for kind, title in titles.items()
        if _leads(kind)
    ]
    return [*people, (_("Pages"), _pages(query))]


def _leads(kind: str) -> bool:
    return VIEWS[kind][0] in current_app.view_functions


def _line(hit: FinderHit) -> FinderResults:
    view, name, icon = VIEWS[hit.kind]
    title = readable(hit.title) if hit.kind == "domain" else hit.title
    return FinderResults(
        title,
        readable(hit.detail) if "@" in hit.detail else hit.detail,
        url_for(view, **cast(dict[str, Any], {name: hit.id})),
        icon,
    )


def _pages(query: str) -> list[FinderResults]:
    """Pages of the menus, as far as the role has them, whose title has every word."""
    asked = finder.search_words(query)
    results: dict[str, FinderResults] = {}
    for entry, section in every_entry():
        titled = words.distinct_words(entry["title"])
        if asked and all(any(word.startswith(word_asked) for word in titled) for word_asked in asked):
            results.setdefault(
                entry["url"], FinderResults(entry["title"], section, entry["url"], entry["icon"])
            )
    return list(results.values())
