"""Domains in WebAdmin: the list, a domain's properties, its history."""

from app.blueprints.domains import deleting, limits
from app.blueprints.domains.views import blueprint

__all__ = ["blueprint", "deleting", "limits"]
