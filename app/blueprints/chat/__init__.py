"""The WebClient's chat."""

from app.blueprints.chat import creating, inviting, managing, people, search
from app.blueprints.chat.views import blueprint

__all__ = [
    "blueprint",
    "creating",
    "inviting",
    "managing",
    "people",
    "search",
]
