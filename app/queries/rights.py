"""Data of the rights windows: places, lists, grants without effect, rooms that differ from their folder."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import lazyload

from app.errors import NotFound
from app.extensions import db
from app.models import (
    ROOM_SCOPE,
    Account,
    Domain,
    EntryKind,
    Folder,
    FolderKind,
    Grant,
    Group,
    MemberEntry,
    Principal,
    Room,
    RoomKind,
    RoomState,
)
from app.queries.accounts.listing import names_match
from app.queries.domains import matches
from app.queries.groups.members import MODELS, SHOWN, Candidate
from app.queries.paging import Page, keyset
from app.queries.rooms import people as people_queries
from app.rules import groups as group_rules
from app.rules import rooms
from app.rules import rooms as room_rules
from app.rules.guests import policy
from app.rules.rights import Right, audience, lists
from app.rules.rights.explanation import NamedEntry, entries_of, names_of
from app.rules.rooms import Nameable

# Rooms in the tree; the list of the group's rooms has them all.
TREE_ROOMS_SHOWN = 200


@dataclass(frozen=True)
class Tree:
    """A group's folders and rooms. has_more: there are more rooms than are shown."""

    public: Folder | None
    folder: Folder | None
    rooms: list[Room]
    has_more: bool


@dataclass(frozen=True)
class Difference:
    """A principal with other rights in a room than in its folder; None where there is no grant."""

    name: str
    principal: Principal
    in_folder: Right | None
    in_room: Right | None


def find_place(actor: Account, kind: str, place_id: int) -> Folder | Room:
    """Return a TeamChat folder or room whose rights an actor may change. Errors: NotFound, Forbidden."""
    place: Folder | Room | None = None
    if kind == "folder":
        place = db.session.get(Folder, place_id)
    elif kind == "room":
        place = db.session.get(Room, place_id)
    if isinstance(place, Room) and (place.kind is RoomKind.DIRECT or place.state is RoomState.DELETED):
        place = None
    if place is None or (isinstance(place, Folder) and place.kind is not FolderKind.TEAMCHAT):
        raise NotFound()
    room_rules.require_may_administer(actor, place)
    return place


def tree_of(group_id: int) -> Tree:
    """Return the tree of a group. Two statements."""
    folders = {row.kind: row for row in db.session.scalars(select(Folder).where(Folder.group_id == group_id))}
    statement = select(Room).where(Room.group_id == group_id, Room.state != RoomState.DELETED)
    rooms = db.session.scalars(
        statement.order_by(Room.kind.desc(), Room.name, Room.id).limit(TREE_ROOMS_SHOWN + 1)
    ).all()
    teamchat = folders.get(FolderKind.TEAMCHAT)
    return Tree(
        folders.get(FolderKind.PUBLIC),
        teamchat,
        list(rooms[:TREE_ROOMS_SHOWN]),
        len(rooms) > TREE_ROOMS_SHOWN,
    )


def grants_of(place: Folder | Room) -> list[NamedEntry]:
    """Return the list that counts in a place."""
    return entries_of(lists.scope_of(place))


def without_effect(place: Folder | Room, grants: list[NamedEntry]) -> set[str]:
    """Return the keys of grants to accounts that are not in the place. One statement."""
    ids = {grant.entry.principal_id for grant in grants if grant.entry.principal is Principal.ACCOUNT}
    inside = people_of(place).with_only_columns(Account.id).where(Account.id.in_(ids))
    out = ids - set(db.session.scalars(inside)) if ids else set()
    return {lists.key_of(Principal.ACCOUNT, account_id) for account_id in out}


def reaches_nobody(place: Folder | Room, principal: Principal, principal_id: int) -> bool:
    """Return whether no person of a principal is in a place."""
    people = people_of(place).with_only_columns(Account.id)
    if principal is Principal.ACCOUNT:
        people = people.where(Account.id == principal_id)
    elif principal is Principal.DOMAIN:
        people = people.where(Account.domain_id == principal_id)
    elif principal is Principal.GROUP:
        inside = group_rules.effective_members(principal_id).with_only_columns(Account.id)
        people = people.where(Account.id.in_(inside))
    else:
        return False
    return not db.session.scalar(select(exists(people)))


def people_of(place: Folder | Room) -> Select:
    """Return a statement of everybody a place is open to."""
    if isinstance(place, Room):
        return audience.people_of(place)
    return group_rules.effective_members(place.group_id)


def outdone(grants: list[NamedEntry]) -> list[tuple[NamedEntry, NamedEntry]]:
    """Return grants of inner groups that give less than an outer group's, each with the outer one.

    One statement.
    """
    groups = {grant.entry.principal_id: grant for grant in grants if grant.entry.principal is Principal.GROUP}
    if len(groups) < 2:
        return []
    root = select(Group.id.label("root"), Group.id.label("group_id")).where(Group.id.in_(groups))
    tree = root.cte("around", recursive=True)
    step = select(tree.c.root, MemberEntry.group_id).where(
        MemberEntry.kind == EntryKind.GROUP, MemberEntry.principal_id == tree.c.group_id
    )
    tree = tree.union(step)
    pairs = db.session.execute(
        select(tree).where(tree.c.group_id.in_(groups), tree.c.group_id != tree.c.root)
    )
    outdone_grants = [(groups[inner], groups[outer]) for inner, outer in pairs]
    return [(inner, outer) for inner, outer in outdone_grants if outer.entry.rights & ~inner.entry.rights]


def drifting(folder: Folder, cursor: str | None = None) -> tuple[Page, int]:
    """Return a page of the public rooms that have a list of their own, with what differs, and how many there are."""
    own = (Room.folder_id == folder.id, Room.kind == RoomKind.PUBLIC, Room.has_own_list)
    statement = select(Room).where(*own, Room.state != RoomState.DELETED)
    page = keyset(statement, (Room.name, Room.id), cursor=cursor)
    total = db.session.scalar(select(func.count()).select_from(statement.subquery()))
    rooms = [row[0] for row in page.rows]
    return Page(_differences(folder, rooms), page.previous, page.next), total or 0


def drifting_marks(folder: Folder, limit: int) -> dict[int, str]:
    """Return the marks of the first rooms that differ, to reset all of them as they were seen.

    Two statements.
    """
    own = (Room.folder_id == folder.id, Room.kind == RoomKind.PUBLIC, Room.has_own_list)
    statement = select(Room).where(*own, Room.state != RoomState.DELETED).order_by(Room.name, Room.id)
    return lists.marks(folder, list(db.session.scalars(statement.limit(limit))))


def _differences(folder: Folder, rooms: list[Room]) -> list[tuple[Room, list[Difference]]]:
    usual = _grants(Grant.folder_id == folder.id)
    ids = [room.id for room in rooms]
    own = _grants(Grant.scope_kind == ROOM_SCOPE, Grant.room_id.in_(ids)) if ids else {}
    held = usual.get((None, folder.id), {})
    names = names_of({key for rights in [held, *own.values()] for key in rights})
    differences = []
    for room in rooms:
        own_rights = own.get((room.id, None), {})
        changed = [key for key in {**held, **own_rights} if held.get(key) != own_rights.get(key)]
        rows = [Difference(names[key], key[0], held.get(key), own_rights.get(key)) for key in changed]
        differences.append((room, sorted(rows, key=lambda row: row.name)))
    return differences


def _grants(*conditions: Any) -> dict[tuple, dict[tuple[Principal, int], Right]]:
    grants: dict[tuple, dict[tuple[Principal, int], Right]] = {}
    for grant in db.session.scalars(select(Grant).where(*conditions)):
        rights = grants.setdefault((grant.room_id, grant.folder_id), {})
        rights[grant.principal, grant.principal_id] = Right(grant.rights)
    return grants


# Who may not see the room may nothing in it.
GIVES = Right.ADMINISTRATION_ADMINISTER | Right.FOLDER_READ

# Grants of groups and domains that are looked at, two statements each: one such grant is enough to know whom
# to ask.
LOOKED_AT = 20


@dataclass(frozen=True)
class Changers:
    """People who can change a room's rights.

    Owners by name; grants of the list that allow it, people under their names; and the group or domain whose
    administrators may, None where only those of the server do.
    """

    owners: list[str]
    grants: list[NamedEntry]
    office: Group | Domain | None


def changers_of(reader: Account, room: Room) -> Changers:
    """Return the people who can change rights in a room other than a direct conversation."""
    owners = people_queries.owners_of(room) if policy.sees_members(reader, room) else []
    grants = [grant for grant in entries_of(lists.scope_of(room)) if grant.entry.rights & GIVES == GIVES]
    people = _people(reader, room, grants)
    shown = [
        *_people_grants(people, grants, {owner.id for owner in owners}),
        *(grant for grant in _of_many(grants)[:LOOKED_AT] if _may_be_told(reader, room, grant)),
    ]
    return Changers([owner.name for owner in owners], shown, _office(room))


def _of_many(grants: list[NamedEntry]) -> list[NamedEntry]:
    return [grant for grant in grants if grant.entry.principal is not Principal.ACCOUNT]


def _people(reader: Account, room: Room, grants: list[NamedEntry]) -> dict[int, str]:
    """Return the names of accounts on a list that are in the room, by id; grants to others have no effect."""
    ids = [grant.entry.principal_id for grant in grants if grant.entry.principal is Principal.ACCOUNT]
    if not ids or not policy.sees_members(reader, room):
        return {}
    inside = audience.people_of(room).where(Account.id.in_(ids), ~Account.is_guest)
    return {account.id: account.name for account in db.session.scalars(inside).unique()}


def _people_grants(people: dict[int, str], grants: list[NamedEntry], owners: set[int]) -> list[NamedEntry]:
    visible = [grant for grant in grants if grant.entry.principal is Principal.ACCOUNT]
    visible = [grant for grant in visible if grant.entry.principal_id in people.keys() - owners]
    return [replace(grant, name=people[grant.entry.principal_id]) for grant in visible]


def _may_be_told(reader: Account, room: Room, grant: NamedEntry) -> bool:
    """Return whether a grant to several people has an effect here and reveals nothing the reader may not know."""
    principal, key = grant.entry.principal, grant.entry.principal_id
    if principal in (Principal.MEMBERS, Principal.ANYONE):
        return True
    if principal not in (Principal.GROUP, Principal.DOMAIN) or not _knows(reader, room, principal, key):
        return False
    return not reaches_nobody(room, principal, key)


def _knows(reader: Account, room: Room, principal: Principal, key: int) -> bool:
    """Return guests know the room's own group, others also theirs and their domain."""
    if principal is Principal.GROUP and key == room.group_id:
        return True
    model = Group if principal is Principal.GROUP else Domain
    return bool(db.session.scalar(select(model.id).where(model.id == key, rooms.in_sight(reader, model))))


def _office(room: Room) -> Group | Domain | None:
    if room.group_id is not None:
        return room.group
    domain_id = rooms.domain_id_of(room)
    return db.session.get(Domain, domain_id) if domain_id else None


def candidates_by_sight(actor: Account, kind: EntryKind, search: str = "") -> tuple[list[Candidate], bool]:
    """Return the first candidates of a kind that a person may know of, and whether there are more."""
    if kind is EntryKind.ACCOUNT:
        people = people_queries.candidates(actor, None, search)
        return [_candidate(kind, person) for person in people], len(people) == people_queries.SHOWN
    model = MODELS[kind]
    condition = matches(search) if kind is EntryKind.DOMAIN else names_match(model, search)
    statement = _seen(actor, model).where(condition).order_by(model.name, model.id)
    rows = db.session.scalars(statement.limit(SHOWN + 1)).all()
    return [_candidate(kind, row) for row in rows[:SHOWN]], len(rows) > SHOWN


def chosen_by_sight(actor: Account, principals: list[tuple[EntryKind, int]]) -> list[Candidate]:
    """Return the chosen candidates that a person may know of, in their order."""
    by_key: dict[tuple[EntryKind, int], Candidate] = {}
    for kind, model in MODELS.items():
        ids = [key for asked, key in principals if asked is kind]
        rows = db.session.scalars(_seen(actor, model).where(model.id.in_(ids))) if ids else ()
        by_key |= {(kind, row.id): _candidate(kind, row) for row in rows}
    return [by_key[principal] for principal in principals if principal in by_key]


def _seen(actor: Account, model: Nameable) -> Select:
    statement = select(model).where(rooms.in_sight(actor, model))
    return statement if issubclass(model, Domain) else statement.options(lazyload(model.domain))


def _candidate(kind: EntryKind, row: Any) -> Candidate:
    detail = row.description if kind is EntryKind.DOMAIN else row.address
    return Candidate(kind, row.id, row.name, detail)
