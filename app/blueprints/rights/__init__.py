"""Rights in WebAdmin: windows of folders and rooms, rooms that differ, explanations."""

from app.blueprints.rights import adding, differences, explaining
from app.blueprints.rights.window import blueprint

__all__ = [
    "adding",
    "blueprint",
    "differences",
    "explaining",
]
