"""Signing in and out, one's devices, password and language."""

from app.blueprints.sessions import forgotten
from app.blueprints.sessions.views import blueprint

__all__ = ["blueprint", "forgotten"]
