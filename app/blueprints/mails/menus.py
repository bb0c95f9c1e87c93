"""Where outgoing mail stands in the menu."""

from flask import request, url_for
from flask_babel import gettext as _

from app.blueprints.gate import me
from app.blueprints.navigation import offers
from app.rules import scope


@offers("navigation")
def mails_entry() -> list[dict]:
    """System → Outgoing mail, for server administrators."""
    if not scope.is_server_administrator(me()):
        return []
    entry = {
        "title": _("Outgoing mail"),
        "url": url_for("mails.index"),
        "icon": "mail",
        "active": request.blueprint == "mails",
        "place": 40,
    }
    return [{"title": _("System"), "entries": [entry]}]
