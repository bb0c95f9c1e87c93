"""Tasks in WebAdmin: how far long work is, what came of it, and stopping it."""

from app.blueprints.tasks.views import blueprint

__all__ = ["blueprint"]
