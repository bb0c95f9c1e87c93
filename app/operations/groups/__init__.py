"""Groups: made, described, given a public folder and TeamChat, filled with members."""

from app.operations.groups.deleting import delete_group
from app.operations.groups.editing import create_group, update_group
from app.operations.groups.keeping import detach_member, exclude_person, include_person
from app.operations.groups.limits import set_group_limits
from app.operations.groups.members import add_members, contains_itself, remove_member
from app.operations.groups.pasting import UnknownLines, add_addresses

__all__ = [
    "UnknownLines",
    "add_addresses",
    "add_members",
    "contains_itself",
    "create_group",
    "delete_group",
    "detach_member",
    "exclude_person",
    "include_person",
    "remove_member",
    "set_group_limits",
    "update_group",
]
