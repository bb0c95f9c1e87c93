"""The words of rights: what presets, single rights and principals are called."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.blueprints.right_names import RIGHT_NAMES, principal_name  # noqa: F401 (templates find both here)
from app.models import Folder, Principal
from app.rules.rights import PRESETS as RIGHTS_OF
from app.rules.rights import Right, preset_of

PRESETS = {
    "none": _l("No right"),
    "read": _l("Read"),
    "write": _l("Write"),
    "moderate": _l("Moderate"),
    "full": _l("All rights"),
    "custom": _l("Custom"),
}

FAMILIES = (
    (_l("Items"), [right for right in RIGHT_NAMES if str(right.name).startswith("ITEMS")]),
    (_l("Folder"), [right for right in RIGHT_NAMES if str(right.name).startswith("FOLDER")]),
    (_l("Administration"), [right for right in RIGHT_NAMES if str(right.name).startswith("ADMINISTRATION")]),
)

EVERYBODY_MEANS = {
    Principal.MEMBERS: _l("Every member without a more specific line"),
    Principal.GUESTS: _l("Every guest without a line of their own"),
    Principal.ANYONE: _l("Everybody in here without a more specific line"),
}


@dataclass(frozen=True)
class GrantChange:
    """A difference between a grant and what a form shows of it, in words; empty where there is none."""

    name: str
    before: str
    after: str


def preset_label(rights) -> str:
    """Return how a set of rights is called."""
    return str(PRESETS[preset_of(Right(rights))])


def rights_of(preset: str) -> int:
    """Return what a preset stands for, as a number."""
    return int(RIGHTS_OF[preset])


def details(rights) -> str:
    """Return the single rights of a set that is no preset, in words; nothing for a preset, whose name says it all."""
    if preset_of(Right(rights)) != "custom":
        return ""
    return ", ".join(str(label) for right, label in RIGHT_NAMES.items() if right & rights)


def sees_nothing(rights) -> bool:
    """Return whether a grant gives rights in what it does not let anybody see: they come to nothing."""
    return bool(rights) and not rights & Right.FOLDER_READ


def holds(rights, right: Right) -> bool:
    """Return whether a set of rights has one of them."""
    return bool(rights & right)


def place_kind(place) -> str:
    """Return how addresses call a place."""
    return "folder" if isinstance(place, Folder) else "room"


def changes(seen: dict, now: dict, names: dict) -> list[GrantChange]:
    """Return what a list holds now that a form did not know of."""
    keys = [key for key in {**seen, **now} if seen.get(key) != now.get(key)]
    return [GrantChange(_name(key, names), _held(seen.get(key)), _held(now.get(key))) for key in keys]


def _name(key: str, names: dict) -> str:
    return names.get(key) or _("The list")


def _held(rights) -> str:
    return "" if rights is None else _worded(rights)


def _worded(rights: int) -> str:
    if preset_of(Right(rights)) != "custom":
        return preset_label(rights)
    return f"{PRESETS['custom']} ({details(rights)})"
