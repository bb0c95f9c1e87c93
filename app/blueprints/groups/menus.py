"""What groups add to the menus."""

from flask import url_for
from flask_babel import gettext as _

from app.blueprints.navigation import offers


@offers("new_menu")
def new_group_entry() -> list[dict]:
    """A new group."""
    return [
        {"title": _("New group"), "url": url_for("groups.create_group"), "icon": "users-plus", "dialog": True}
    ]
