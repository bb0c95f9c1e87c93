"""Rooms: made, run, filled and left."""

from app.operations.rooms.enabling import disable_teamchat, enable_teamchat
from app.operations.rooms.guests import set_guest_settings
from app.operations.rooms.making import clone_room, create_room, open_direct
from app.operations.rooms.people import add_people, hand_over, leave_room, remove_person, set_favourite
from app.operations.rooms.purging import purge_room, rooms_to_purge
from app.operations.rooms.running import (
    archive_room,
    delete_room,
    rename_room,
    reopen_room,
    restore_room,
    set_topic,
    update_room,
)

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
