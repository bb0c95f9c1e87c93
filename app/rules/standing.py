"""How a person stands to a room: the gate, ownership, and the lines of the list that counts for it."""

from collections import defaultdict
from functools import cache, lru_cache

from sqlalchemy import and_, bindparam, or_, select

from app.extensions import db
from app.models import (
    FOLDER_SCOPE,
    ROOM_SCOPE,
    Domain,
    DomainState,
    Grant,
    Principal,
    Room,
    RoomKind,
    RoomMember,
)
from app.rules.rights import Line, Person, Right


def domain_grants():
    """A condition on Domain: it is active and has TeamChat with all it needs."""
    return and_(
        Domain.state == DomainState.ACTIVE, Domain.has_teamchat, Domain.has_groupware, Domain.has_webdav
    )


def lines_in(person: Person, scopes) -> dict[tuple[int, int], list[Line]]:
    """The lines of these lists that can matter to a person. One statement."""
    if not scopes:
        return {}
    found = {
        "folders": [scope_id for kind, scope_id in scopes if kind == FOLDER_SCOPE],
        "rooms": [scope_id for kind, scope_id in scopes if kind == ROOM_SCOPE],
        "account": person.account_id,
        "domain": person.domain_id,
        "groups": list(person.group_ids),
    }
    by_scope = defaultdict(list)
    for kind, scope_id, principal, principal_id, rights in db.session.execute(_lines(person.is_guest), found):
        by_scope[kind, scope_id].append(_line(principal, principal_id, rights))
    return by_scope


@lru_cache(maxsize=4096)
def _line(principal: Principal, principal_id: int, rights: int) -> Line:
    """Thousands of lists have the same few lines."""
    return Line(principal, principal_id, Right(rights))


@cache
def _lines(is_guest: bool):
    """Built once: building it costs more than MariaDB takes to run it."""
    folders = Grant.scope_id.in_(bindparam("folders", expanding=True))
    rooms = Grant.scope_id.in_(bindparam("rooms", expanding=True))
    return select(Grant.scope_kind, Grant.scope_id, Grant.principal, Grant.principal_id, Grant.rights).where(
        or_(
            and_(Grant.scope_kind == FOLDER_SCOPE, folders),
            and_(Grant.scope_kind == ROOM_SCOPE, rooms),
        ),
        _concerns(is_guest),
    )


def _concerns(is_guest: bool):
    """Lines that can match: for guests their own and everybody's of their kind, for others those that are not."""
    own = and_(Grant.principal == Principal.ACCOUNT, Grant.principal_id == bindparam("account"))
    if is_guest:
        return or_(own, Grant.principal == Principal.GUESTS)
    everybody = Grant.principal.in_((Principal.MEMBERS, Principal.ANYONE))
    domain = and_(Grant.principal == Principal.DOMAIN, Grant.principal_id == bindparam("domain"))
    groups = Grant.principal_id.in_(bindparam("groups", expanding=True))
    return or_(everybody, own, domain, and_(Grant.principal == Principal.GROUP, groups))


def scope_of(room: Room) -> tuple[int, int]:
    """Where the list that counts for a room stands: the room's own, or its folder's, whole."""
    if room.has_own_list or room.folder_id is None:
        return ROOM_SCOPE, room.id
    return FOLDER_SCOPE, room.folder_id


def is_owner(room: Room, member: RoomMember | None) -> bool:
    """Private rooms have owners, public ones belong to their group."""
    return bool(member and member.is_member and member.is_owner and room.kind is not RoomKind.PUBLIC)


def is_inside(person: Person, room: Room, member: RoomMember | None) -> bool:
    """The gate: membership of the group opens its public rooms, one's own entry every other, and all to guests."""
    if member is not None and member.is_member and (person.is_guest or room.kind is not RoomKind.PUBLIC):
        return True
    return room.kind is RoomKind.PUBLIC and not person.is_guest and room.group_id in person.group_ids
