"""What stands around the room on every page of the chat."""

from functools import partial

from flask import Response, request

from app.blueprints.dialogs import dialog
from app.blueprints.gate import me
from app.htmx import wants_dialog
from app.queries import rooms
from app.rules import policies, server


def frame() -> dict:
    """What every page of the chat shows around the room. The list is made only where it is shown."""
    tab = request.args.get("tab")
    tab = tab if tab in rooms.TABS else "all"
    return {
        "listed": partial(rooms.room_list, me(), tab),
        "tab": tab,
        "has_teamchat": policies.account_has(me(), policies.Feature.TEAMCHAT),
        "is_running": server.state().chat_runs,
    }


def chat_dialog(template: str, status: int = 200, **context) -> Response:
    """Show a dialog over the chat, or the page of the chat that it stands in."""
    return dialog(template, status, **context, **({} if wants_dialog() else frame()))
