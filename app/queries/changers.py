"""People who can change the rights of a room, as far as a reader in it may know."""

from dataclasses import dataclass, replace

from sqlalchemy import select

from app.extensions import db
from app.models import Account, Domain, Group, Principal, Room
from app.queries import rights, room_people
from app.rules import guests, lists, managing
from app.rules.rights import Right, audience
from app.rules.rights.explanation import NamedEntry, entries_of

# Who may not see the room may nothing in it.
GIVES = Right.ADMINISTRATION_ADMINISTER | Right.FOLDER_READ

# Lines of groups and domains that are looked at, two statements each: one such line is enough to know whom
# to ask.
LOOKED_AT = 20


@dataclass(frozen=True)
class Changers:
    """People who can change a room's rights.

    Owners by name; grants of the list that allow it, people under their names; and the group or domain whose
    administrators may, None where only those of the server do.
    """

    owners: list[str]
    lines: list[NamedEntry]
    office: Group | Domain | None


def changers_of(reader: Account, room: Room) -> Changers:
    """Return the people who can change rights in a room other than a direct conversation."""
    owners = room_people.owners_of(room) if guests.sees_members(reader, room) else []
    lines = [grant for grant in entries_of(lists.scope_of(room)) if grant.entry.rights & GIVES == GIVES]
    people = _people(reader, room, lines)
    shown = [
        *_people_lines(people, lines, {owner.id for owner in owners}),
        *(line for line in _of_many(lines)[:LOOKED_AT] if _may_be_told(reader, room, line)),
    ]
    return Changers([owner.name for owner in owners], shown, _office(room))


def _of_many(lines: list[NamedEntry]) -> list[NamedEntry]:
    return [grant for grant in lines if grant.entry.principal is not Principal.ACCOUNT]


def _people(reader: Account, room: Room, lines: list[NamedEntry]) -> dict[int, str]:
    """Return the names of accounts on a list that are in the room, by id; grants to others have no effect."""
    ids = [grant.entry.principal_id for grant in lines if grant.entry.principal is Principal.ACCOUNT]
    if not ids or not guests.sees_members(reader, room):
        return {}
    inside = audience.people_of(room).where(Account.id.in_(ids), ~Account.is_guest)
    return {account.id: account.name for account in db.session.scalars(inside).unique()}


def _people_lines(people: dict[int, str], lines: list[NamedEntry], owners: set[int]) -> list[NamedEntry]:
    visible = [grant for grant in lines if grant.entry.principal is Principal.ACCOUNT]
    visible = [grant for grant in visible if grant.entry.principal_id in people.keys() - owners]
    return [replace(grant, name=people[grant.entry.principal_id]) for grant in visible]


def _may_be_told(reader: Account, room: Room, grant: NamedEntry) -> bool:
    """Return whether a grant to several people has an effect here and reveals nothing the reader may not know."""
    principal, key = grant.entry.principal, grant.entry.principal_id
    if principal in (Principal.MEMBERS, Principal.ANYONE):
        return True
    if principal not in (Principal.GROUP, Principal.DOMAIN) or not _knows(reader, room, principal, key):
        return False
    return not rights.reaches_nobody(room, principal, key)


def _knows(reader: Account, room: Room, principal: Principal, key: int) -> bool:
    """Return guests know the room's own group, others also theirs and their domain."""
    if principal is Principal.GROUP and key == room.group_id:
        return True
    model = Group if principal is Principal.GROUP else Domain
    return bool(db.session.scalar(select(model.id).where(model.id == key, managing.in_sight(reader, model))))


def _office(room: Room) -> Group | Domain | None:
    if room.group_id is not None:
        return room.group
    domain_id = managing.domain_id_of(room)
    return db.session.get(Domain, domain_id) if domain_id else None
