"""Lists as files: out as CSV, and in again."""

from app.blueprints.imports import imports
from app.blueprints.imports.exports import blueprint

__all__ = ["blueprint", "imports"]
