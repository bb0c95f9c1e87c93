"""What guests add to the menus."""

from flask import request, url_for
from flask_babel import gettext as _

from app.blueprints.gate import me
from app.blueprints.navigation import offers
from app.queries.directory import guests


@offers("navigation")
def guests_entry() -> list[dict]:
    """Domains & accounts → guest accounts, with how many there are."""
    entry = {
        "title": _("Guest accounts"),
        "url": url_for("guests.index"),
        "icon": "user-check",
        "active": request.blueprint == "guests",
        "count": guests.guest_count(me()),
    }
    return [{"title": _("Domains & accounts"), "entries": [entry], "place": -1}]
