"""Every kind of change that takes somebody's room away, or what they may do there, and the one that gives it back."""

from collections.abc import Callable
from dataclasses import dataclass, field

from app.rules.rights import READ, WRITE
from tests.support.faults.workspace import Place

# What it does: the room disappears; it stays and can only be read; the session ends; the service says so.
GONE, QUIET, SIGNED_OUT, STOPPED = "gone", "quiet", "signed out", "stopped"

TEAMCHAT_OFF = {"features": {"teamchat": False}}
TEAMCHAT_ON = {"features": {"groupware": True, "webdav": True, "teamchat": True}}
SHARED = {"has_public_folder": True, "has_teamchat": True}


@dataclass(frozen=True)
class Change:
    """One kind of change. take and give: the command that an administrator's console is told; give may be missing.

    way, is_private, has_own_list: what the place is like. hits_all: author and witness are hit as well.
    """

    take: Callable[[Place], tuple]
    give: Callable[[Place], tuple] | None = None
    effect: str = GONE
    hits_all: bool = False
    way: str = "account"
    is_private: bool = field(default=False, kw_only=True)
    has_own_list: bool = field(default=False, kw_only=True)


def _removed(place: Place) -> tuple:
    return "remove_member", place.group_id, place.entry_id


def _group(act: str, *values):
    return lambda place: ("run_group", act, place.group_id, *values)


def _group_about_somebody(act: str):
    return lambda place: ("run_group", act, place.group_id, place.somebody.id)


def _guest(act: str, *values):
    return lambda place: ("run_guest", act, place.somebody.id, *values)


def _account(**values):
    return lambda place: ("update_account", place.somebody.id, values)


def _domain(name: str, **values):
    return lambda place: ("update_domain", getattr(place, name), values)


def _grant(act: str, kind: str, *rights):
    def command(place: Place) -> tuple:
        place_id = place.folder_id if kind == "folder" else place.room_id
        return "change_grant", act, kind, place_id, "account", place.somebody.id, *rights

    return command


def _line_of_the_group(act: str, *rights):
    return lambda place: ("change_grant", act, "folder", place.folder_id, "group", place.group_id, *rights)


def _line_of_members(*rights):
    return lambda place: ("change_grant", "set_grant", "room", place.room_id, "members", 0, *rights)


def _inherited(place: Place) -> tuple:
    return "change_grant", "inherit_again", "room", place.room_id


def _room(act: str):
    return lambda place: ("run_room", act, place.room_id)


CHANGES = {
    "an account is removed from the group": Change(
        _removed, lambda place: ("add_member", place.group_id, place.somebody.id)
    ),
    "a whole domain is removed from the group": Change(
        _removed, lambda place: ("add_member", place.group_id, place.their_domain_id, "domain"), way="domain"
    ),
    "an inner group is removed from the group": Change(
        _removed, lambda place: ("add_member", place.group_id, place.inner_id, "group"), way="group"
    ),
    "an account is removed from an inner group": Change(
        lambda place: ("remove_member", place.inner_id, place.entry_id),
        lambda place: ("add_member", place.inner_id, place.somebody.id),
        way="inside",
    ),
    "an inner group is deleted": Change(
        lambda place: ("run_group", "delete_group", place.inner_id), way="group"
    ),
    "a person is excluded": Change(
        _group_about_somebody("exclude_person"), _group_about_somebody("include_person"), way="domain"
    ),
    "an account is disabled": Change(_account(state="disabled"), _account(state="enabled"), SIGNED_OUT),
    "an account is deleted": Change(lambda place: ("delete_account", place.somebody.id), effect=SIGNED_OUT),
    "an account is muted": Change(_account(state="muted"), _account(state="enabled"), QUIET),
    "an account's TeamChat is switched off": Change(_account(**TEAMCHAT_OFF), _account(**TEAMCHAT_ON)),
    "their domain's TeamChat is switched off": Change(
        _domain("their_domain_id", **TEAMCHAT_OFF), _domain("their_domain_id", **TEAMCHAT_ON)
    ),
    "their domain is suspended": Change(
        _domain("their_domain_id", state="suspended"), _domain("their_domain_id", state="active"), SIGNED_OUT
    ),
    "their domain is deleted": Change(
        lambda place: ("delete_domain", place.their_domain_id), effect=SIGNED_OUT
    ),
    "the group's domain has its TeamChat switched off": Change(
        _domain("domain_id", **TEAMCHAT_OFF), _domain("domain_id", **TEAMCHAT_ON), hits_all=True
    ),
    "the group's TeamChat is switched off": Change(
        _group("update_group", {"has_teamchat": False}), _group("update_group", SHARED), hits_all=True
    ),
    "the group is deleted": Change(_group("delete_group"), hits_all=True),
    "a line of the folder takes everything": Change(
        _grant("set_grant", "folder", 0), _grant("remove_grant", "folder")
    ),
    "a line of the folder takes writing": Change(
        _grant("set_grant", "folder", int(READ)), _grant("remove_grant", "folder"), QUIET
    ),
    "the group's line is removed from the folder": Change(
        _line_of_the_group("remove_grant"), _line_of_the_group("set_grant", int(WRITE)), hits_all=True
    ),
    "a line of the room takes everything": Change(_grant("set_grant", "room", 0), _inherited),
    "a line of the room takes writing": Change(_grant("set_grant", "room", int(READ)), _inherited, QUIET),
    "a room that gave more inherits again": Change(
        _inherited, _grant("set_grant", "room", int(WRITE)), has_own_list=True
    ),
    "the members' line of a private room takes writing": Change(
        _line_of_members(int(READ)), _line_of_members(int(WRITE)), QUIET, is_private=True
    ),
    "a member is removed from a private room": Change(
        lambda place: ("remove_person", place.room_id, place.somebody.id),
        lambda place: ("run_room", "add_people", place.room_id, [place.somebody.id]),
        is_private=True,
    ),
    "a guest is removed from the room": Change(
        lambda place: ("remove_person", place.room_id, place.somebody.id), way="guest"
    ),
    "a guest is suspended": Change(
        _guest("suspend_guest"), _guest("update_guest", {"state": "enabled"}), SIGNED_OUT, way="guest"
    ),
    "a room is archived": Change(_room("archive_room"), _room("reopen_room"), QUIET, hits_all=True),
    "a room is deleted": Change(_room("delete_room"), _room("restore_room"), hits_all=True),
    "the service is stopped": Change(
        lambda place: ("stop_service",), lambda place: ("start_service",), STOPPED, hits_all=True
    ),
}
