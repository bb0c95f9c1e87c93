"""Where the audit log stands in the menu."""

from flask import request, url_for
from flask_babel import gettext as _

from app.blueprints.navigation import offers


@offers("navigation")
def journal_entry() -> list[dict]:
    """System → Audit log: every administrator reads what concerns what they administer."""
    entry = {
        "title": _("Audit log"),
        "url": url_for("journal.index"),
        "icon": "history",
        "active": request.blueprint == "journal",
        "place": 60,
    }
    return [{"title": _("System"), "entries": [entry]}]
