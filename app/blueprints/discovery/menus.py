"""What SmartDiscover adds to the menus."""

from flask import request, url_for
from flask_babel import gettext as _

from app.blueprints.gate import me
from app.blueprints.navigation import offers
from app.rules import scope


@offers("navigation")
def discovery_entry() -> list[dict]:
    """System → SmartDiscover, for those who answer for the server."""
    if not scope.is_server_wide(me()):
        return []
    entry = {
        "title": "SmartDiscover",
        "url": url_for("discovery.show"),
        "icon": "world-www",
        "place": 10,
        "active": request.endpoint in ("discovery.show", "discovery.set_server_discovery", "discovery.check"),
    }
    return [{"title": _("System"), "entries": [entry]}]
