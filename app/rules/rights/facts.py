"""Facts for decisions about rights, read with a number of statements that depends neither on people nor on rooms.

facts_of() reads them for given accounts and rooms; open_to() also finds the rooms that one account may be in.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, lru_cache

from sqlalchemy import Select, and_, bindparam, or_, select

from app.extensions import db
from app.models import (
    FOLDER_SCOPE,
    ROOM_SCOPE,
    Account,
    AccountState,
    Folder,
    Grant,
    Group,
    Principal,
    Room,
    RoomKind,
    RoomMember,
    RoomState,
)
from app.rules import domains
from app.rules import groups as group_rules
from app.rules.rights.audience import groups_of
from app.rules.rights.candidates import candidates_of, group_is_on
from app.rules.rights.decision import AclEntry, Decision, Person, Right, RoomFacts, closed_everywhere, decide
from app.rules.services import ServerState

# Kind and id of the place that a rights list belongs to.
Scope = tuple[int, int]

_NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class RightsFacts:
    """All that decisions about some people in some rooms, or in some folders, rest on; by id and by scope."""

    people: dict[int, Person]
    rooms: dict[int, RoomFacts]
    entries: dict[Scope, list[AclEntry]]

    def decide(self, account_id: int, room_id: int) -> Decision:
        """Return the decision about one of the people in one of the rooms."""
        room = self.rooms[room_id]
        return decide(self.people[account_id], room, self.entries.get(room.scope, ()))

    def decide_if_active(self, account_id: int, room_id: int) -> Decision:
        """Return the decision as if the room were not archived."""
        room = self.rooms[room_id]._replace(state=RoomState.ACTIVE)
        return decide(self.people[account_id], room, self.entries.get(room.scope, ()))


def facts_of(accounts: Collection[Account], rooms: Collection[Room], state: ServerState) -> RightsFacts:
    """Read the facts about these accounts in these rooms. Four statements."""
    by_room = _entries_of_their_own(accounts, rooms)
    open_groups = _with_teamchat({room.group_id for room in rooms if room.group_id is not None})
    runs, licensed = state.chat_runs, not state.is_read_only
    facts = {
        room.id: RoomFacts(
            *(scope_of(room), room.kind, room.state, room.group_id),
            room.group_id is None or room.group_id in open_groups,
            frozenset(by_room[room.id]),
            frozenset(account_id for account_id, is_owner in by_room[room.id].items() if is_owner),
            *(runs, licensed),
        )
        for room in rooms
    }
    return _with_people(accounts, facts)


def facts_of_folders(
    accounts: Collection[Account], folders: Collection[Folder], state: ServerState
) -> RightsFacts:
    """Read the facts about these accounts in these TeamChat folders. Three statements."""
    open_groups = _with_teamchat({folder.group_id for folder in folders})
    facts = {
        folder.id: RoomFacts(
            (FOLDER_SCOPE, folder.id),
            RoomKind.PUBLIC,
            group_id=folder.group_id,
            is_group_on=folder.group_id in open_groups,
            does_service_run=state.chat_runs,
            is_licensed=not state.is_read_only,
        )
        for folder in folders
    }
    return _with_people(accounts, facts)


def open_to(
    account: Account, state: ServerState, *, room_id: int | None = None, is_light: bool = False
) -> tuple[RightsFacts, list[tuple]]:
    """Find the rooms that may be open to an account, or the one with this id, and the facts about them.

    Returns the facts and (room, own entry or None) of each room, by group and name. is_light: with no more columns
    than rights need. Three statements, none where every room is closed.
    """
    runs = state.chat_runs
    person = _person(account)
    if closed_everywhere(person, runs):
        return RightsFacts({account.id: person}, {}, {}), []
    person = person._replace(group_ids=group_rules.groups_of(account))
    rows = candidates_of(person, room_id, is_light=is_light)
    own, licensed = frozenset({account.id}), not state.is_read_only
    facts = {}
    for room, member in rows:
        is_member = member is not None and member.is_member
        members = own if is_member else _NOBODY
        owners = own if is_member and member.is_owner else _NOBODY
        # No candidate is of a group whose TeamChat is off.
        facts[room.id] = RoomFacts(
            scope_of(room), room.kind, room.state, room.group_id, True, members, owners, runs, licensed
        )
    scopes = {room.scope for room in facts.values()}
    return RightsFacts({account.id: person}, facts, _entries(scopes, [account], person.group_ids)), rows


def scope_of(room: Room) -> Scope:
    """Return the place whose list counts for a room: the room itself, or its folder."""
    if room.has_own_list or room.folder_id is None:
        return ROOM_SCOPE, room.id
    return FOLDER_SCOPE, room.folder_id


def _person(account: Account, group_ids: frozenset[int] = _NOBODY) -> Person:
    return Person(
        account.id,
        account.domain_id,
        group_ids,
        is_guest=account.is_guest,
        is_muted=account.state is AccountState.MUTED,
        has_teamchat=domains.account_has(account, domains.Feature.TEAMCHAT),
    )


def _with_people(accounts: Collection[Account], rooms: dict[int, RoomFacts]) -> RightsFacts:
    """Add the lists of these rooms, and the people with those of their groups that the rooms or lists name."""
    entries = _entries({room.scope for room in rooms.values()}, accounts)
    groups = {room.group_id for room in rooms.values() if room.group_id is not None}
    for scope in entries.values():
        groups.update(entry.principal_id for entry in scope if entry.principal is Principal.GROUP)
    inside = groups_of(accounts, groups)
    people = {account.id: _person(account, inside.get(account.id, _NOBODY)) for account in accounts}
    return RightsFacts(people, rooms, entries)


def _with_teamchat(group_ids: set[int]) -> set[int]:
    statement = select(Group.id).join(Group.domain).where(Group.id.in_(group_ids), group_is_on())
    return set(db.session.scalars(statement)) if group_ids else set()


def _entries_of_their_own(
    accounts: Collection[Account], rooms: Collection[Room]
) -> dict[int, dict[int, bool]]:
    """Return by room which of the accounts are its members, and whether they own it."""
    statement = select(RoomMember.room_id, RoomMember.account_id, RoomMember.is_owner).where(
        RoomMember.room_id.in_([room.id for room in rooms]),
        RoomMember.account_id.in_([account.id for account in accounts]),
        RoomMember.is_member,
    )
    by_room: dict[int, dict[int, bool]] = defaultdict(dict)
    for room_id, account_id, is_owner in db.session.execute(statement):
        by_room[room_id][account_id] = is_owner
    return by_room


def _entries(
    scopes: set[Scope], accounts: Collection[Account], group_ids: frozenset[int] | None = None
) -> dict[Scope, list[AclEntry]]:
    """Read the entries of these lists that can be about these accounts. group_ids: their groups, where known."""
    if not scopes:
        return {}
    guests = [account.is_guest for account in accounts]
    values = {
        "folders": [scope_id for kind, scope_id in scopes if kind == FOLDER_SCOPE],
        "rooms": [scope_id for kind, scope_id in scopes if kind == ROOM_SCOPE],
        "accounts": [account.id for account in accounts],
        "domains": list({account.domain_id for account in accounts}),
        "groups": list(group_ids or ()),
    }
    statement = _entries_statement(any(guests), not all(guests), group_ids is not None)
    by_scope = defaultdict(list)
    for kind, scope_id, principal, principal_id, rights in db.session.execute(statement, values):
        by_scope[kind, scope_id].append(_entry(principal, principal_id, rights))
    return by_scope


@lru_cache(maxsize=4096)
def _entry(principal: Principal, principal_id: int, rights: int) -> AclEntry:
    """Return an entry. Thousands of lists share the same few."""
    return AclEntry(principal, principal_id, Right(rights))


# Built once for each use: building the statement costs more than running it.
@cache
def _entries_statement(has_guests: bool, has_members: bool, knows_groups: bool) -> Select:
    folders = Grant.scope_id.in_(bindparam("folders", expanding=True))
    rooms = Grant.scope_id.in_(bindparam("rooms", expanding=True))
    groups = Grant.principal_id.in_(bindparam("groups", expanding=True)) if knows_groups else None
    own = Grant.principal_id.in_(bindparam("accounts", expanding=True))
    domain = Grant.principal_id.in_(bindparam("domains", expanding=True))
    about = [and_(Grant.principal == Principal.ACCOUNT, own)]
    if has_guests:
        about.append(Grant.principal == Principal.GUESTS)
    if has_members:
        about.append(Grant.principal.in_((Principal.MEMBERS, Principal.ANYONE)))
        about.append(and_(Grant.principal == Principal.DOMAIN, domain))
        about.append(and_(Grant.principal == Principal.GROUP, *(() if groups is None else (groups,))))
    columns = (Grant.scope_kind, Grant.scope_id, Grant.principal, Grant.principal_id, Grant.rights)
    return select(*columns).where(
        or_(and_(Grant.scope_kind == FOLDER_SCOPE, folders), and_(Grant.scope_kind == ROOM_SCOPE, rooms)),
        or_(*about),
    )
