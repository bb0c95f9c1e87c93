"""Sockets that a change of access may concern: few enough to spare the others, never too few."""

from collections.abc import Set

from sqlalchemy import select

from app import channels
from app.extensions import db
from app.models import FOLDER_SCOPE, ROOM_SCOPE, AccessScope, Account, Grant, Principal, Room
from app.realtime import hub
from app.rules import groups as group_rules
from app.rules.rights import audience


def clients_of(scope: AccessScope, target_id: int) -> list[hub.Client]:
    """Return the sockets of this process that a logged change may concern."""
    if scope is AccessScope.ACCOUNT:
        return hub.of_account(target_id)
    if scope is AccessScope.ROOM:
        return _of_room(target_id)
    if scope is AccessScope.FOLDER:
        return _told_by({channels.folder(target_id)})
    if scope is AccessScope.GROUP:
        return _of_group(target_id)
    return list(hub.clients.values())


def _of_room(room_id: int) -> list[hub.Client]:
    """Return the sockets of those who saw the room, and of those who may see it now."""
    room = db.session.get(Room, room_id)
    return [*_who_see([room_id]), *(_connected(audience.people_of(room)) if room is not None else ())]


def _of_group(group_id: int) -> list[hub.Client]:
    """Return the sockets of those who saw a room of the group or of one around it, and of its members now."""
    groups = group_rules.containing_groups(group_id)
    losing = _who_see(_rooms_of(groups))
    return [*losing, *_connected(group_rules.effective_members(group_id))]


def _connected(people) -> list[hub.Client]:
    """Return the sockets of people in this process. people: a statement of accounts."""
    there = people.with_only_columns(Account.id).where(Account.id.in_(list(hub.by_account)))
    return [client for key in set(db.session.scalars(there)) for client in hub.of_account(key)]


def _rooms_of(groups: frozenset[int]) -> list[int]:
    """Return the rooms of groups, and those with a grant for one of them in their own list or their folder's."""
    lines = select(Grant.scope_id).where(Grant.principal == Principal.GROUP, Grant.principal_id.in_(groups))
    named = db.session.scalars(lines.where(Grant.scope_kind == ROOM_SCOPE)).all()
    folders = db.session.scalars(lines.where(Grant.scope_kind == FOLDER_SCOPE)).all()
    owned = db.session.scalars(select(Room.id).where(Room.group_id.in_(groups))).all()
    sharing = db.session.scalars(select(Room.id).where(Room.folder_id.in_(folders))).all()
    return [*named, *owned, *sharing]


def _who_see(room_ids: list[int]) -> list[hub.Client]:
    rooms = set(room_ids)
    folders = db.session.scalars(
        select(Room.folder_id).where(Room.id.in_(rooms), Room.folder_id.is_not(None))
    )
    channel_names = {channels.folder(folder_id) for folder_id in folders if folder_id is not None}
    channel_names |= {channels.watch(room_id) for room_id in rooms}
    return _told_by(channel_names, rooms)


def _told_by(channel_names: set[str], rooms: Set[int] = frozenset()) -> list[hub.Client]:
    """Return the sockets that are in one of these channels or have one of these rooms open."""
    return [
        client
        for client in hub.clients.values()
        if client.watched & channel_names or client.rooms.keys() & rooms
    ]
