"""Who can change the rights of a room, as far as somebody in it may know."""

from dataclasses import dataclass, replace

from sqlalchemy import select

from app.extensions import db
from app.models import Account, Domain, Group, Principal, Room
from app.queries import rights, room_people
from app.rules import guests, lists, managing
from app.rules.rights import Right, audience
from app.rules.rights.explanation import NamedEntry, entries_of

GIVES = Right.ADMINISTRATION_ADMINISTER | Right.FOLDER_READ
"""Who may not see the room may nothing in it."""

LOOKED_AT = 20
"""Lines of groups and domains that are looked at, two statements each: one such line is enough to know whom to ask."""


@dataclass(frozen=True)
class Changers:
    """Owners by name; lines of the list that let somebody change it, people under their names; and the group or domain
    whose administrators may too, None where only those of the server do."""

    owners: list[str]
    lines: list[NamedEntry]
    office: Group | Domain | None


def changers_of(reader: Account, room: Room) -> Changers:
    """Who can change rights in a room that is no direct conversation."""
    owners = room_people.owners_of(room) if guests.sees_members(reader, room) else []
    lines = [one for one in entries_of(lists.scope_of(room)) if one.entry.rights & GIVES == GIVES]
    people = _people(reader, room, lines)
    shown = [
        *_people_lines(people, lines, {owner.id for owner in owners}),
        *(one for one in _of_many(lines)[:LOOKED_AT] if _may_be_told(reader, room, one)),
    ]
    return Changers([owner.name for owner in owners], shown, _office(room))


def _of_many(lines: list[NamedEntry]) -> list[NamedEntry]:
    return [one for one in lines if one.entry.principal is not Principal.ACCOUNT]


def _people(reader: Account, room: Room, lines: list[NamedEntry]) -> dict[int, str]:
    """Names of the accounts of a list that are in the room, by id: a line about anybody else has no effect."""
    ids = [one.entry.principal_id for one in lines if one.entry.principal is Principal.ACCOUNT]
    if not ids or not guests.sees_members(reader, room):
        return {}
    inside = audience.people_of(room).where(Account.id.in_(ids), ~Account.is_guest)
    return {account.id: account.name for account in db.session.scalars(inside).unique()}


def _people_lines(people: dict[int, str], lines: list[NamedEntry], owners: set[int]) -> list[NamedEntry]:
    told = [one for one in lines if one.entry.principal is Principal.ACCOUNT]
    told = [one for one in told if one.entry.principal_id in people.keys() - owners]
    return [replace(one, name=people[one.entry.principal_id]) for one in told]


def _may_be_told(reader: Account, room: Room, one: NamedEntry) -> bool:
    """Whether a line that is not about one person says something here, and nothing that the reader may not know."""
    principal, key = one.entry.principal, one.entry.principal_id
    if principal in (Principal.MEMBERS, Principal.ANYONE):
        return True
    if principal not in (Principal.GROUP, Principal.DOMAIN) or not _knows(reader, room, principal, key):
        return False
    return not rights.reaches_nobody(room, principal, key)


def _knows(reader: Account, room: Room, principal: Principal, key: int) -> bool:
    """Guests know the room's own group, others also theirs and their domain."""
    if principal is Principal.GROUP and key == room.group_id:
        return True
    model = Group if principal is Principal.GROUP else Domain
    return bool(db.session.scalar(select(model.id).where(model.id == key, managing.in_sight(reader, model))))


def _office(room: Room) -> Group | Domain | None:
    if room.group_id is not None:
        return room.group
    domain_id = managing.domain_id_of(room)
    return db.session.get(Domain, domain_id) if domain_id else None
