"""The Dashboard of WebAdmin: services, readiness, how much there is."""

from app.blueprints.dashboard.views import blueprint

__all__ = ["blueprint"]
