"""Navigation of WebAdmin: one table of what the main menu, the "+" menu and the help menu contain."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.blueprints.access_control import me
from app.queries import guests, tasks
from app.queries.domains import domain_count
from app.rules.rights import scope


@dataclass(frozen=True)
class MenuEntry:
    """One entry of a menu.

    pages: the blueprints whose pages mark the entry as current. count: counts for the signed-in administrator.
    """

    title: Any
    endpoint: str
    icon: str
    pages: tuple[str, ...] = ()
    count: Callable | None = None
    is_server_wide: bool = False
    is_for_server_administrators: bool = False
    is_count_hidden_at_zero: bool = False
    is_dialog: bool = False


@dataclass(frozen=True)
class MenuSection:
    """Entries of the main menu under one title."""

    title: Any
    entries: tuple[MenuEntry, ...]


# Pages of these blueprints stand below a domain.
DOMAIN_PAGES = ("domains", "accounts", "groups", "rooms", "rights", "imports")

LICENSE = MenuEntry(_l("Licence"), "licenses.show", "license", ("licenses",), is_server_wide=True)

NAVIGATION = (
    MenuSection(None, (MenuEntry(_l("Dashboard"), "dashboard.show", "layout-dashboard", ("dashboard",)),)),
    MenuSection(
        _l("Domains & accounts"),
        (
            MenuEntry(_l("Domain list"), "domains.index", "building", DOMAIN_PAGES, count=domain_count),
            MenuEntry(
                _l("Guest accounts"), "guests.index", "user-check", ("guests",), count=guests.guest_count
            ),
        ),
    ),
    MenuSection(
        _l("System"),
        (
            MenuEntry("SmartDiscover", "discovery.show", "world-www", ("discovery",), is_server_wide=True),
            MenuEntry(
                *(_l("Certificate"), "certificates.show", "certificate", ("certificates",)),
                is_for_server_administrators=True,
            ),
            LICENSE,
            MenuEntry(
                *(_l("Outgoing mail"), "mail.index", "mail", ("mail",)),
                is_for_server_administrators=True,
            ),
            MenuEntry(_l("Administrators"), "administrators.index", "shield", ("administrators",)),
            MenuEntry(_l("Audit log"), "audit.index", "history", ("audit",)),
            MenuEntry(
                *(_l("Tasks"), "tasks.index", "list-check", ("tasks",)),
                count=tasks.open_count,
                is_count_hidden_at_zero=True,
            ),
        ),
    ),
)

NEW_MENU = (
    MenuEntry(_l("New domain"), "domains.create_domain", "building", is_server_wide=True, is_dialog=True),
    MenuEntry(_l("New user"), "accounts.create_account", "user-plus", is_dialog=True),
    MenuEntry(_l("New group"), "groups.create_group", "users-plus", is_dialog=True),
    MenuEntry(_l("Import accounts"), "imports.import_accounts", "file-import"),
    MenuEntry(_l("Import groups"), "imports.import_groups", "file-import"),
)

HELP_MENU = (LICENSE,)


def navigation() -> list[dict]:
    """Return the sections of the main menu that the signed-in administrator sees. Built once per request."""
    if "navigation" not in g:
        sections = [
            {"title": section.title and str(section.title), "entries": _visible(section.entries)}
            for section in NAVIGATION
        ]
        g.navigation = [section for section in sections if section["entries"]]
    return g.navigation


def new_menu() -> list[dict]:
    """Return the entries of the "+" menu."""
    return _visible(NEW_MENU)


def help_menu() -> list[dict]:
    """Return the entries of the help menu."""
    return _visible(HELP_MENU)


def every_entry() -> list[tuple[dict, str]]:
    """Return the entries of all menus, each with the title of its section."""
    entries = [(entry, section["title"] or "") for section in navigation() for entry in section["entries"]]
    entries += [(entry, _("Help")) for entry in help_menu()]
    return entries + [(entry, _("New")) for entry in new_menu()]


def init_app(app: Flask) -> None:
    """Give the templates the three menus."""
    app.jinja_env.globals.update(navigation=navigation, new_menu=new_menu, help_menu=help_menu)


def _visible(entries: tuple[MenuEntry, ...]) -> list[dict]:
    sees_all, is_server_administrator = scope.is_server_wide(me()), scope.is_server_administrator(me())
    return [
        _shown(entry)
        for entry in entries
        if (sees_all or not entry.is_server_wide)
        and (is_server_administrator or not entry.is_for_server_administrators)
    ]


def _shown(entry: MenuEntry) -> dict:
    count = entry.count(me()) if entry.count else None
    return {
        "title": str(entry.title),
        "url": url_for(entry.endpoint),
        "icon": entry.icon,
        "is_current": _current_pages() in entry.pages,
        "is_dialog": entry.is_dialog,
        "count": None if entry.is_count_hidden_at_zero and not count else count,
    }


def _current_pages() -> str | None:
    """Return the blueprint of the request; a domain's SmartDiscover page belongs to the domains."""
    is_domains_discovery = request.blueprint == "discovery" and "domain_id" in (request.view_args or {})
    return "domains" if is_domains_discovery else request.blueprint
