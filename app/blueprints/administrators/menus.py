"""What administrators add to the menus."""

from flask import request, url_for
from flask_babel import gettext as _

from app.blueprints.navigation import offers


@offers("navigation")
def administrators_entry() -> list[dict]:
    """System → Administrators."""
    entry = {
        "title": _("Administrators"),
        "url": url_for("administrators.index"),
        "icon": "shield",
        "active": request.blueprint == "administrators",
        "place": 50,
    }
    return [{"title": _("System"), "entries": [entry]}]
