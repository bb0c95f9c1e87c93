"""The WebClient's chat."""

from app.blueprints.chat import inviting, making, people, running, search
from app.blueprints.chat.views import blueprint

__all__ = ["blueprint", "inviting", "making", "people", "running", "search"]
