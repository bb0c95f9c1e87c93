"""What tasks add to the menus."""

from flask import request, url_for
from flask_babel import gettext as _

from app.blueprints.gate import me
from app.blueprints.navigation import offers
from app.queries import tasks as questions


@offers("navigation")
def tasks_entry() -> list[dict]:
    """System → Tasks, with how many are at work."""
    entry = {
        "title": _("Tasks"),
        "url": url_for("tasks.index"),
        "icon": "list-check",
        "active": request.blueprint == "tasks",
        "place": 90,
    }
    running = questions.open_count(me())
    return [{"title": _("System"), "entries": [entry | ({"count": running} if running else {})]}]
