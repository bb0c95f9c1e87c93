"""Signing in and out, one's devices, password and language."""

from app.blueprints.auth import forgotten
from app.blueprints.auth.views import blueprint

__all__ = ["blueprint", "forgotten"]
