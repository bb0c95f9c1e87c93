"""System → Audit log: who did what, as far as one administers it."""

from app.blueprints.journal.views import blueprint

__all__ = ["blueprint"]
