"""One's own data and options, for everybody who has signed in; and pictures of people."""

from app.blueprints.own import export
from app.blueprints.own.views import blueprint

__all__ = ["blueprint", "export"]
