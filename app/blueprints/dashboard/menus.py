"""What the Dashboard adds to the menus."""

from flask import request, url_for
from flask_babel import gettext as _

from app.blueprints.navigation import offers


@offers("navigation")
def dashboard_entry() -> list[dict]:
    """The first entry of the main menu."""
    entry = {
        "title": _("Dashboard"),
        "url": url_for("dashboard.show"),
        "icon": "layout-dashboard",
        "active": request.blueprint == "dashboard",
    }
    return [{"title": None, "entries": [entry], "place": -2}]
