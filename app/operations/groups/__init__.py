"""Operations on groups."""

from app.operations.groups.editing import create_group, delete_group, set_group_limits, update_group
from app.operations.groups.members import (
    add_members,
    circular_membership,
    detach_member,
    exclude_person,
    include_person,
    remove_member,
)
from app.operations.groups.pasting import UnknownAddresses, add_addresses

__all__ = [
    "UnknownAddresses",
    "add_addresses",
    "add_members",
    "circular_membership",
    "create_group",
    "delete_group",
    "detach_member",
    "exclude_person",
    "include_person",
    "remove_member",
    "set_group_limits",
    "update_group",
]
