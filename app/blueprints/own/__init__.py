"""One's own data and options, and pictures of people."""

from app.blueprints.own import export
from app.blueprints.own.views import blueprint

__all__ = ["blueprint", "export"]
