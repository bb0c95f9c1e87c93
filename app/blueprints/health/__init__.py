"""Whether this process lives, and whether it can work."""

from app.blueprints.health.views import blueprint

__all__ = ["blueprint"]
