"""Groups in WebAdmin: a domain's list, a group's page, its members, its history."""

from app.blueprints.groups import deleting, limits, members, people
from app.blueprints.groups.views import blueprint

__all__ = [
    "blueprint",
    "deleting",
    "limits",
    "members",
    "people",
]
