"""What domains add to the menus."""

from flask import request, url_for
from flask_babel import gettext as _

from app.blueprints.gate import me
from app.blueprints.navigation import offers
from app.queries import directory
from app.rules import scope


@offers("navigation")
def domains_entry() -> list[dict]:
    """Domains & accounts → the list of domains, with how many there are."""
    entry = {
        "title": _("Domain list"),
        "url": url_for("domains.index"),
        "icon": "building",
        "active": request.blueprint in ("domains", "accounts", "groups"),
        "count": directory.domain_count(me()),
    }
    return [{"title": _("Domains & accounts"), "entries": [entry], "place": -1}]


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
