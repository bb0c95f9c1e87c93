"""Where the licence stands in the menus."""

from flask import request, url_for
from flask_babel import gettext as _

from app.blueprints.gate import me
from app.blueprints.navigation import offers
from app.rules import scope


@offers("help_menu")
def help_entry() -> list[dict]:
    """Help → Licence, for those who answer for the server."""
    return [_entry()] if scope.is_server_wide(me()) else []


@offers("navigation")
def system_entry() -> list[dict]:
    """System → Licence."""
    if not scope.is_server_wide(me()):
        return []
    entry = {**_entry(), "active": request.blueprint == "licence", "place": 30}
    return [{"title": _("System"), "entries": [entry]}]


def _entry() -> dict:
    return {"title": _("Licence"), "url": url_for("licence.show"), "icon": "license"}
