"""*Comptes invités* in WebAdmin: the list, and a guest's own page."""

from app.blueprints.guests import menus, pages
from app.blueprints.guests.views import blueprint

__all__ = ["blueprint", "menus", "pages"]
