"""Rights in WebAdmin: the windows of folders and rooms, rooms that differ, why somebody may what they may."""

from app.blueprints.rights import adding, drift, why
from app.blueprints.rights.window import blueprint

__all__ = ["adding", "blueprint", "drift", "why"]
