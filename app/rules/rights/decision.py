"""The decision about rights: pure, from plain values. facts.py reads them from the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag, StrEnum
from functools import reduce
from operator import or_
from typing import NamedTuple

from app.models.rights import Principal
from app.models.rooms import RoomKind, RoomState


class Right(IntFlag):
    """The twelve rights, as bits that a grant adds up."""

    NONE = 0
    ITEMS_READ = 1
    ITEMS_WRITE = 2
    ITEMS_MODIFY = 4
    ITEMS_DELETE = 8
    ITEMS_EDIT_DOCUMENTS = 16
    FOLDER_READ = 32
    FOLDER_WRITE = 64
    FOLDER_RENAME = 128
    FOLDER_DELETE = 256
    ADMINISTRATION_INVITE = 512
    ADMINISTRATION_KICK = 1024
    ADMINISTRATION_ADMINISTER = 2048


READ = Right.ITEMS_READ | Right.FOLDER_READ
WRITE = READ | Right.ITEMS_WRITE | Right.ITEMS_EDIT_DOCUMENTS
MODERATE = (
    WRITE | Right.ITEMS_MODIFY | Right.ITEMS_DELETE | Right.ADMINISTRATION_INVITE | Right.ADMINISTRATION_KICK
)
FULL = reduce(or_, Right)
PRESETS = {"none": Right.NONE, "read": READ, "write": WRITE, "moderate": MODERATE, "full": FULL}

# Guests never hold folder_* beyond folder_read, nor any administration_*.
GUEST_MAXIMUM = WRITE | Right.ITEMS_MODIFY | Right.ITEMS_DELETE

# The rights left in an archived room, to a muted account, and without a license.
READ_ONLY_MAXIMUM = READ


class Basis(StrEnum):
    """The fact that settled a decision: the first one that closes the room, ownership, or the list."""

    SERVICE_STOPPED = "service_stopped"
    SWITCHED_OFF = "switched_off"
    DELETED = "deleted"
    GROUP_OFF = "group_off"
    OUTSIDE = "outside"
    OWNER = "owner"
    NO_ENTRY = "no_entry"
    ENTRIES = "entries"


class Cap(StrEnum):
    """A limit that took rights away after they were given."""

    GUEST = "guest"
    ARCHIVED = "archived"
    MUTED = "muted"
    UNLICENSED = "unlicensed"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class AclEntry:
    """An entry of a rights list."""

    principal: Principal
    principal_id: int
    rights: Right


class Person(NamedTuple):
    """Facts about an account. group_ids: every group it is in, inner and outer, at least of those that matter here."""

    account_id: int
    domain_id: int
    group_ids: frozenset[int]
    is_guest: bool = False
    is_muted: bool = False
    has_teamchat: bool = True


class RoomFacts(NamedTuple):
    """Facts about a room, the same for everybody. A TeamChat folder is decided like an active public room.

    scope: the place whose list counts. members, owners: accounts with an entry of their own in the room, of those
    that are asked about.
    """

    scope: tuple[int, int]
    kind: RoomKind
    state: RoomState = RoomState.ACTIVE
    group_id: int | None = None
    is_group_on: bool = True
    members: frozenset[int] = frozenset()
    owners: frozenset[int] = frozenset()
    does_service_run: bool = True
    is_licensed: bool = True


class Decision(NamedTuple):
    """The rights of a person in a room, and how they came about.

    deciding: the entries that gave the rights. overruled: the other entries about the person.
    """

    rights: Right
    basis: Basis
    deciding: tuple[AclEntry, ...] = ()
    overruled: tuple[AclEntry, ...] = ()
    caps: tuple[Cap, ...] = ()

    @property
    def is_inside(self) -> bool:
        """Return whether the room is open to the person at all; the list may still give nothing."""
        return self.basis in (Basis.OWNER, Basis.NO_ENTRY, Basis.ENTRIES)


_CLOSED = {basis: Decision(Right.NONE, basis) for basis in Basis}


def preset_of(rights: Right) -> str:
    """Return the name of the preset with exactly these rights, or "custom"."""
    return next((name for name, value in PRESETS.items() if value == rights), "custom")


def decide(person: Person, room: RoomFacts, grants: Iterable[AclEntry]) -> Decision:
    """Return the person's rights in a room: none for non-members; without FOLDER_READ, none at all."""
    basis = closed_everywhere(person, room.does_service_run) or _closed_here(person, room)
    if basis is not None:
        return _CLOSED[basis]
    deciding: tuple[AclEntry, ...] = ()
    overruled: tuple[AclEntry, ...] = ()
    if _is_owner(person, room):
        basis, rights = Basis.OWNER, FULL
    else:
        rights, deciding, overruled = _by_list(person, grants)
        basis = Basis.ENTRIES if deciding else Basis.NO_ENTRY
    rights, caps = _capped(person, room, rights)
    return Decision(rights, basis, deciding, overruled, caps)


def closed_everywhere(person: Person, does_service_run: bool) -> Basis | None:
    """Return the fact that closes every room to a person, if there is one."""
    if not does_service_run:
        return Basis.SERVICE_STOPPED
    return None if person.has_teamchat else Basis.SWITCHED_OFF


def is_member(person: Person, room: RoomFacts) -> bool:
    """Return whether the room is open to a person: public rooms by their group, others and all guests by an entry."""
    if room.kind is RoomKind.PUBLIC and not person.is_guest:
        return room.group_id in person.group_ids
    return person.account_id in room.members


def _closed_here(person: Person, room: RoomFacts) -> Basis | None:
    if room.state is RoomState.DELETED:
        return Basis.DELETED
    if not room.is_group_on:
        return Basis.GROUP_OFF
    return None if is_member(person, room) else Basis.OUTSIDE


def _is_owner(person: Person, room: RoomFacts) -> bool:
    """Return whether a person owns the room. Public rooms belong to their group, and guests own nothing."""
    return person.account_id in room.owners and room.kind is not RoomKind.PUBLIC and not person.is_guest


def _by_list(
    person: Person, entries: Iterable[AclEntry]
) -> tuple[Right, tuple[AclEntry, ...], tuple[AclEntry, ...]]:
    """Return the union of the most specific entries that match, these entries, and the others that match."""
    levels: dict[int, list[AclEntry]] = {}
    for entry in entries:
        level = _level(person, entry)
        if level is not None:
            levels.setdefault(level, []).append(entry)
    if not levels:
        return Right.NONE, (), ()
    deciding, *others = (tuple(levels[level]) for level in sorted(levels))
    rights = deciding[0].rights
    for entry in deciding[1:]:
        rights |= entry.rights
    return rights, deciding, tuple(entry for level in others for entry in level)


def _level(person: Person, entry: AclEntry) -> int | None:
    """Return how specific an entry is about a person, 0 being the most, or None for an entry about others."""
    principal = entry.principal
    if principal is Principal.ACCOUNT:
        return 0 if entry.principal_id == person.account_id else None
    if person.is_guest:
        return 3 if principal is Principal.GUESTS else None
    if principal is Principal.GROUP:
        return 1 if entry.principal_id in person.group_ids else None
    if principal is Principal.DOMAIN:
        return 2 if entry.principal_id == person.domain_id else None
    return None if principal is Principal.GUESTS else 3


def _capped(person: Person, room: RoomFacts, rights: Right) -> tuple[Right, tuple[Cap, ...]]:
    caps = []
    if room.state is RoomState.ARCHIVED:
        caps.append(Cap.ARCHIVED)
    if person.is_muted:
        caps.append(Cap.MUTED)
    if not room.is_licensed:
        caps.append(Cap.UNLICENSED)
    if caps:
        rights &= READ_ONLY_MAXIMUM
    if person.is_guest:
        caps.insert(0, Cap.GUEST)
        rights &= GUEST_MAXIMUM
    if rights and not rights & Right.FOLDER_READ:
        caps.append(Cap.HIDDEN)
        rights = Right.NONE
    return rights, tuple(caps)
