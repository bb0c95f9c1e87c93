"""Help → Licence: what this installation may do, until when, and the next licence."""

from app.blueprints.licenses.views import blueprint

__all__ = ["blueprint"]
