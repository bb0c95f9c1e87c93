"""What the menus of WebAdmin offer: each section says its own entries here."""

from collections.abc import Callable

from flask import Flask, g, has_request_context

_menus: dict[str, list[Callable]] = {"navigation": [], "new_menu": [], "help_menu": []}


def offers(menu: str):
    """Have the decorated function asked for its entries whenever the menu is shown.

    menu: "navigation" (functions give sections with title and entries), "new_menu" or "help_menu" (they give
    entries with title, url and icon). Several functions may give the same section: its entries then stand together,
    ordered by their `place`, a number. What the signed-in role may not do is not offered.
    """

    def register(function: Callable) -> Callable:
        _menus[menu].append(function)
        return function

    return register


def entries_of(menu: str) -> list:
    """Everything the sections offer in a menu now, in the order they were registered. Asked once a request."""
    known = g.setdefault("menus", {}) if has_request_context() else {}
    if menu not in known:
        entries = [entry for function in _menus[menu] for entry in function()]
        known[menu] = _joined(entries) if menu == "navigation" else entries
    return known[menu]


def _joined(sections: list[dict]) -> list[dict]:
    """Sections of the same title made into one, where the first of them stands; places put them in order."""
    together: dict[str | None, list[dict]] = {}
    for section in sorted(sections, key=lambda section: section.get("place", 0)):
        together.setdefault(section["title"], []).extend(section["entries"])
    return [
        {"title": title, "entries": sorted(entries, key=lambda entry: entry.get("place", 0))}
        for title, entries in together.items()
    ]


def init_app(app: Flask) -> None:
    """Give the templates the three menus."""
    for menu in _menus:
        app.jinja_env.globals[menu] = lambda menu=menu: entries_of(menu)
