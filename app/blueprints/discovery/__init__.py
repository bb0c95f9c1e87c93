"""SmartDiscover: what clients are told; set in WebAdmin for the server and for a domain, checked, served."""

from app.blueprints.discovery import served
from app.blueprints.discovery.views import blueprint

__all__ = ["blueprint", "served"]
