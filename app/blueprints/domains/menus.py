"""What domains add to the menus."""

from flask import request, url_for
from flask_babel import gettext as _

from app.blueprints.gate import me
from app.blueprints.navigation import offers
from app.queries import directory
from app.rules import scope

WITHIN = ("domains", "accounts", "groups", "rooms", "rights", "exchange")
"""Sections whose pages stand below a domain; so do a domain's pages of other sections, which name it."""


@offers("navigation")
def domains_entry() -> list[dict]:
    """Domains & accounts → the list of domains, with how many there are."""
    entry = {
        "title": _("Domain list"),
        "url": url_for("domains.index"),
        "icon": "building",
        "active": request.blueprint in WITHIN or _is_domains_discovery(),
        "count": directory.domain_count(me()),
    }
    return [{"title": _("Domains & accounts"), "entries": [entry], "place": -1}]


def _is_domains_discovery() -> bool:
    return request.blueprint == "discovery" and "domain_id" in (request.view_args or {})


@offers("new_menu")
def new_domain_entry() -> list[dict]:
    """A new domain, for those who may make one."""
    if not scope.is_server_wide(me()):
        return []
    return [
        {
            "title": _("New domain"),
            "url": url_for("domains.create_domain"),
            "icon": "building",
            "dialog": True,
        }
    ]
