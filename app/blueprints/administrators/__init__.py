"""System → Administrators: who administers what, roles given and taken."""

from app.blueprints.administrators.views import blueprint

__all__ = ["blueprint"]
