"""What the Dashboard adds to the menus."""

from flask import request, url_for
from flask_babel import gettext as _

from app.blueprints.gate import me
from app.blueprints.navigation import offers
from app.rules import scope


@offers("navigation")
def dashboard_entry() -> list[dict]:
    """The first entry of the main menu."""
    entry = {
        "title": _("Dashboard"),
        "url": url_for("dashboard.show"),
        "icon": "layout-dashboard",
        "active": request.blueprint == "dashboard" and request.endpoint != "dashboard.licence",
    }
    return [{"title": None, "entries": [entry]}]


@offers("help_menu")
def licence_entry() -> list[dict]:
    """Help → Licence, for those who answer for the server."""
    if not scope.is_server_wide(me()):
        return []
    return [{"title": _("Licence"), "url": url_for("dashboard.licence"), "icon": "license"}]
