"""Rights: who may do what in a room. Decisions only, from plain values; reading the database is access.py's work."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag

from app.models.grant import Principal


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
FULL = Right(4095)
PRESETS = {"none": Right.NONE, "read": READ, "write": WRITE, "moderate": MODERATE, "full": FULL}

GUEST_MAXIMUM = (
    Right.ITEMS_READ
    | Right.ITEMS_WRITE
    | Right.ITEMS_MODIFY
    | Right.ITEMS_DELETE
    | Right.ITEMS_EDIT_DOCUMENTS
    | Right.FOLDER_READ
)
"""A guest never holds folder_* beyond folder_read, nor any administration_*."""

READ_ONLY_MAXIMUM = READ
"""What is left in an archived room, for a muted account and without a licence."""


def preset_of(rights: Right) -> str:
    """The name of the preset that these rights are, or "custom"."""
    return next((name for name, value in PRESETS.items() if value == rights), "custom")


@dataclass(frozen=True)
class Line:
    """One line of a rights list."""

    principal: Principal
    principal_id: int
    rights: Right


@dataclass(frozen=True)
class Person:
    """What the lines of a list can match. group_ids: every group the person is in, inner and outer."""

    account_id: int
    domain_id: int
    group_ids: frozenset[int]
    is_guest: bool = False


@dataclass(frozen=True)
class Standing:
    """How a person stands to one room: the gate, ownership, and what caps everybody's rights there."""

    is_inside: bool
    is_owner: bool = False
    is_read_only: bool = False


def resolve(person: Person, standing: Standing, lines: Iterable[Line]) -> Right:
    """What a person may do in a room. Who is not inside may nothing; who may not see the room may nothing in it."""
    if not standing.is_inside:
        return Right.NONE
    rights = FULL if standing.is_owner and not person.is_guest else decisive(person, lines)[0]
    if person.is_guest:
        rights &= GUEST_MAXIMUM
    if standing.is_read_only:
        rights &= READ_ONLY_MAXIMUM
    return rights if rights & Right.FOLDER_READ else Right.NONE


def decisive(person: Person, lines: Iterable[Line]) -> tuple[Right, tuple[Line, ...]]:
    """The rights given by the most specific principal that matches, and the lines that gave them."""
    lines = tuple(lines)
    for level in _from_special_to_general(person):
        chosen = tuple(line for line in lines if level(line))
        if chosen:
            total = Right.NONE
            for line in chosen:
                total |= line.rights
            return total, chosen
    return Right.NONE, ()


def matches(person: Person, line: Line) -> bool:
    """Whether a line is about a person at all, decisive or not."""
    return any(level(line) for level in _from_special_to_general(person))


def _from_special_to_general(person: Person):
    def own(line):
        return line.principal is Principal.ACCOUNT and line.principal_id == person.account_id

    if person.is_guest:
        return (own, lambda line: line.principal is Principal.GUESTS)
    return (
        own,
        lambda line: line.principal is Principal.GROUP and line.principal_id in person.group_ids,
        lambda line: line.principal is Principal.DOMAIN and line.principal_id == person.domain_id,
        lambda line: line.principal in (Principal.MEMBERS, Principal.ANYONE),
    )
