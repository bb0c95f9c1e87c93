"""What accounts add to the menus."""

from flask import url_for
from flask_babel import gettext as _

from app.blueprints.navigation import offers


@offers("new_menu")
def new_account_entry() -> list[dict]:
    """A new user."""
    return [
        {
            "title": _("New user"),
            "url": url_for("accounts.create_account"),
            "icon": "user-plus",
            "dialog": True,
        }
    ]
