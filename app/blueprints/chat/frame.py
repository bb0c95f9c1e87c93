"""Frame of every page of the chat, around the room."""

from functools import partial

from flask import Response, request

from app.blueprints.access_control import me
from app.blueprints.dialogs import dialog
from app.htmx import wants_dialog
from app.queries.rooms import listing
from app.rules import domains, services


def frame() -> dict:
    """Return what every page of the chat shows around the room. The list is made only where it is shown."""
    tab = request.args.get("tab")
    tab = tab if tab in listing.TABS else "all"
    return {
        "listed": partial(listing.room_list, me(), tab),
        "tab": tab,
        "has_teamchat": domains.account_has(me(), domains.Feature.TEAMCHAT),
        "is_running": services.state().chat_runs,
    }


def chat_dialog(template: str, status: int = 200, **context) -> Response:
    """Show a dialog over the chat, or the page of the chat that it stands in."""
    return dialog(template, status, **context, **({} if wants_dialog() else frame()))
