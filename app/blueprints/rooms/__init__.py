"""Rooms in WebAdmin: run by administrators without joining and without reading."""

from app.blueprints.rooms import acts, people
from app.blueprints.rooms.views import blueprint

__all__ = ["acts", "blueprint", "people"]
