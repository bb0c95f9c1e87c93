"""The first installation, behind a one-time link."""

from app.blueprints.setup.views import blueprint

__all__ = ["blueprint"]
