"""Rooms: made, run, filled and left."""

from app.operations.rooms.creating import (
    clone_room,
    create_room,
    disable_teamchat,
    enable_teamchat,
    open_direct,
)
from app.operations.rooms.managing import (
    archive_room,
    delete_room,
    purge_room,
    rename_room,
    reopen_room,
    restore_room,
    rooms_to_purge,
    set_guest_settings,
    set_topic,
    update_room,
)
from app.operations.rooms.people import add_people, hand_over, leave_room, remove_person, set_favourite

__all__ = [
    "add_people",
    "archive_room",
    "clone_room",
    "create_room",
    "delete_room",
    "disable_teamchat",
    "enable_teamchat",
    "hand_over",
    "leave_room",
    "open_direct",
    "purge_room",
    "remove_person",
    "rename_room",
    "reopen_room",
    "restore_room",
    "rooms_to_purge",
    "set_favourite",
    "set_guest_settings",
    "set_topic",
    "update_room",
]
