"""Lists as files: out as CSV, and in again."""

from app.blueprints.exchange import imports
from app.blueprints.exchange.exports import blueprint

__all__ = ["blueprint", "imports"]
