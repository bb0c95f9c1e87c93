"""SmartDiscover: addresses for clients, set for the server and for domains, checked and served."""

from app.blueprints.discovery import served
from app.blueprints.discovery.views import blueprint

__all__ = ["blueprint", "served"]
