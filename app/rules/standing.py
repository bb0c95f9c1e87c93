"""How a person stands to a room: the gate, ownership, and the lines of the list that counts for it."""

from collections import defaultdict
from functools import cache

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
    for grant in db.session.execute(_lines(), found):
        line = Line(grant.principal, grant.principal_id, Right(grant.rights))
        by_scope[grant.scope_kind, grant.scope_id].append(line)
    return by_scope


@cache
def _lines():
    """Built once: building it costs more than MariaDB takes to run it."""
    folders = Grant.scope_id.in_(bindparam("folders", expanding=True))
    rooms = Grant.scope_id.in_(bindparam("rooms", expanding=True))
    return select(Grant.scope_kind, Grant.scope_id, Grant.principal, Grant.principal_id, Grant.rights).where(
        or_(
            and_(Grant.scope_kind == FOLDER_SCOPE, folders),
            and_(Grant.scope_kind == ROOM_SCOPE, rooms),
        ),
        _concerns(),
    )


def _concerns():
    everybody = Grant.principal.in_((Principal.MEMBERS, Principal.GUESTS, Principal.ANYONE))
    own = and_(Grant.principal == Principal.ACCOUNT, Grant.principal_id == bindparam("account"))
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
