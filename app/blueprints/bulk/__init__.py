"""Actions on many rows of a list, and the file that a list can be saved as."""

from app.blueprints.bulk.views import blueprint
from app.operations import bulk

bulk.load()

__all__ = ["blueprint", "bulk"]
