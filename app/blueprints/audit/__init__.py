"""System → Audit log: who did what, as far as one administers it."""

from app.blueprints.audit.views import blueprint

__all__ = ["blueprint"]
