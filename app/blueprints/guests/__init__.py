"""*Comptes invités* in WebAdmin: the list, and a guest's own page."""

from app.blueprints.guests import invitations, pages
from app.blueprints.guests.views import blueprint

__all__ = ["blueprint", "invitations", "pages"]
