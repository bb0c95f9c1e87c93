"""*Comptes invités* in WebAdmin: the list, and a guest's own page."""

from app.blueprints.guests import invitations, menus, pages
from app.blueprints.guests.views import blueprint

__all__ = ["blueprint", "invitations", "menus", "pages"]
