"""Health checks."""

from app.blueprints.health.views import blueprint

__all__ = ["blueprint"]
