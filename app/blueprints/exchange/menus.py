"""What imports add to the menus."""

from flask import url_for

from app.blueprints.exchange.importable import ACCOUNTS, GROUPS
from app.blueprints.navigation import offers


@offers("new_menu")
def import_entries() -> list[dict]:
    """Accounts and groups from a file."""
    return [
        {"title": str(what.title), "url": url_for(what.endpoint), "icon": "file-import"}
        for what in (ACCOUNTS, GROUPS)
    ]
