"""What imports add to the menus."""

from flask import url_for
from flask_babel import gettext as _

from app.blueprints.navigation import offers


@offers("new_menu")
def import_entry() -> list[dict]:
    """Accounts from a file."""
    return [{"title": _("Import"), "url": url_for("exchange.import_accounts"), "icon": "file-import"}]
