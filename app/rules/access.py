"""Access: the rights of a person in the rooms of this server, read with a bounded number of statements.

Answers are remembered per process for as long as the epoch of access changes, which every operation that touches
anybody's access raises in its own transaction, stays the same.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache

from sqlalchemy import and_, bindparam, or_, select, union
from sqlalchemy.orm import contains_eager, defer, lazyload

from app.errors import Forbidden, NotFound, ServiceStopped
from app.extensions import db
from app.models import Account, AccountState, Group, Room, RoomKind, RoomMember, RoomState, now
from app.rules import membership, policies, server, standing
from app.rules.rights import Line, Person, Right, Standing, resolve
from app.transaction import changes_access

REMEMBERED = 50_000
"""Answers a process keeps; each is a pair of ids and an answer, about 300 bytes."""


@dataclass(frozen=True)
class RoomAccess:
    """A room somebody sees, what they may do there, and what the room is to them."""

    room: Room
    rights: Right
    member: RoomMember | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What an account may do in a room, as of an epoch, and until the licence ends."""

    rights: Right
    epoch: int
    ends_at: datetime | None

    def holds(self, epoch: int) -> bool:
        """Whether nothing has changed since: neither anybody's access nor, by time alone, the licence."""
        return self.epoch == epoch and (self.ends_at is None or now() < self.ends_at)


LOOKED_AT = (
    *(Room.id, Room.kind, Room.state, Room.group_id, Room.folder_id, Room.has_own_list),
    *(RoomMember.is_member, RoomMember.is_owner),
)
"""What rights look at of a room and of somebody's entry in it: a row with these stands for both."""

UNLISTED = (
    *(Room.topic, Room.intro, Room.unique_key, Room.guests_see_history, Room.guest_days, Room.last_change),
    *(Room.created_by_id, Room.deleted_at, Room.state_before_trash),
    *(RoomMember.created_at, RoomMember.warned_days),
)
IN_A_LIST = (
    *map(defer, UNLISTED),
    contains_eager(Room.group).load_only(Group.name, Group.address, Group.domain_id),
    lazyload(Room.group, Group.domain),
)
"""Reading rows is what a thousand rooms cost: what no list shows is read when somebody asks for it."""

_remembered: OrderedDict[tuple[int, int], Answer] = OrderedDict()


def rights_in(account: Account, room_id: int, *, epoch: int | None = None) -> Right:
    """What an account may do in a room. epoch: the current one, if the caller has read it already.

    That somebody sees nothing is not remembered: a room made later may bear the id they asked for.
    """
    epoch = server.epoch() if epoch is None else epoch
    known = _remembered.get((account.id, room_id))
    if known is not None and known.holds(epoch) and not changes_access():
        return known.rights
    state = server.state()
    found = _visible(account, room_id, state, is_light=True)
    if not found:
        return Right.NONE
    rights = found[0].rights
    _remember((account.id, room_id), _answer_at(rights, epoch, state))
    return rights


def rights_if_active(account: Account, room: Room) -> Right:
    """What an account could do in an archived room if it were taken out of the archive."""
    person = Person(account.id, account.domain_id, membership.groups_of(account), account.is_guest)
    found = _visible(account, room.id)
    if not found:
        return Right.NONE
    lines = standing.lines_in(person, [standing.scope_of(room)]).get(standing.scope_of(room), ())
    how = Standing(is_inside=True, is_owner=standing.is_owner(room, found[0].member))
    return resolve(person, how, lines)


def can(account: Account, right: Right, room: Room) -> bool:
    """Whether an account may do this in a room."""
    return rights_in(account, room.id) & right == right


def require(account: Account, right: Right, room_id: int, *, epoch: int | None = None) -> Right:
    """Refuse what may not be done: as if the room did not exist to those who may not see it. Returns all that may.

    The answer comes from the database as it is now when epoch has been read under the room's lock.
    """
    epoch = server.epoch() if epoch is None else epoch
    rights = rights_in(account, room_id, epoch=epoch)
    if not rights & Right.FOLDER_READ:
        return _refuse_outside(account, right, room_id, epoch)
    if rights & right != right:
        raise Forbidden()
    return rights


def _refuse_outside(account: Account, right: Right, room_id: int, epoch: int) -> Right:
    """Refuse, unless access has changed since it was asked about: then the reason would not fit the answer."""
    refusal, now_at = _outside(server.state()), server.epoch()
    if now_at == epoch:
        raise refusal
    return require(account, right, room_id, epoch=now_at)


def _outside(state: server.ServerState):
    return NotFound() if state.chat_runs else ServiceStopped()


def find_room(account: Account, room_id: int) -> RoomAccess:
    """A room by its id, for somebody who sees it. Errors: NotFound, ServiceStopped."""
    state = server.state()
    found = _visible(account, room_id, state)
    if not found:
        raise _outside(state)
    return found[0]


def visible_rooms(account: Account) -> list[RoomAccess]:
    """Every room an account sees, by group and name. The number of statements does not depend on how many."""
    return _visible(account)


def heard_rooms(account: Account, state: server.ServerState) -> list[RoomAccess]:
    """The same for a socket: with no more of each room than rights look at. state, and after it account, have just been
    read. The rights are remembered, for the room that is opened next."""
    found = _visible_as_read(account, None, state, is_light=True)
    for seen in found:
        _remember((account.id, seen.room.id), _answer_at(seen.rights, state.epoch, state))
    return found


def forget() -> None:
    """Drop every remembered answer (tests that roll transactions back need it)."""
    _remembered.clear()


def _answer_at(rights: Right, epoch: int, state: server.ServerState) -> Answer:
    return _shared(rights, epoch, None if state.is_read_only else state.ends_at)


_shared = lru_cache(maxsize=1024)(Answer)
"""Thousands of sockets have the same few answers."""


def _remember(key, answer) -> None:
    """What an operation sees of its own changes may yet be undone, and its epoch is not given before its end."""
    if changes_access():
        return
    _remembered[key] = answer
    _remembered.move_to_end(key)
    if len(_remembered) > REMEMBERED:
        _remembered.popitem(last=False)


def _visible(account: Account, room_id: int | None = None, state=None, *, is_light=False) -> list[RoomAccess]:
    state = state or server.state()
    return _visible_as_read(as_stored(account), room_id, state, is_light=is_light)


def _visible_as_read(account: Account, room_id: int | None, state, *, is_light) -> list[RoomAccess]:
    if not state.chat_runs or not policies.account_has(account, policies.Feature.TEAMCHAT):
        return []
    person = Person(account.id, account.domain_id, membership.groups_of(account), account.is_guest)
    rows = _rows(person, room_id, is_light)
    lines = _lines(person, [room for room, _ in rows])
    is_muted = account.state is AccountState.MUTED or state.is_read_only
    found = [_answer(person, room, member, lines, is_muted) for room, member in rows]
    return [access for access in found if access.rights]


def as_stored(account: Account) -> Account:
    """The account as the database has it now: sockets hold on to theirs for hours."""
    statement = select(Account).where(Account.id == account.id)
    return db.session.scalars(statement, execution_options={"populate_existing": True}).one()


def _rows(person: Person, room_id: int | None, is_light: bool) -> list[tuple]:
    """Rooms whose gate may be open, each with the person's own entry."""
    values = {"account": person.account_id, "groups": list(person.group_ids), "room": room_id}
    statement = _candidates(room_id is not None, is_light)
    rows = db.session.execute(statement, values, execution_options={"populate_existing": True})
    return [(row, row) for row in rows] if is_light else rows.all()


@cache
def _candidates(is_one_room: bool, is_light: bool):
    """Public rooms of the person's groups, and those they are a member of. Built once for each use: that costs more
    than to run it. The ids come from a derived table, so that both halves use their index however many rooms there are.
    """
    ids = _candidate_ids(is_one_room).subquery("candidates")
    mine = and_(RoomMember.room_id == Room.id, RoomMember.account_id == bindparam("account"))
    whole = (contains_eager(Room.group).contains_eager(Group.domain),)
    shown = select(Room, RoomMember).options(*(whole if is_one_room else IN_A_LIST))
    return (
        (select(*LOOKED_AT) if is_light else shown)
        .select_from(Room)
        .join(ids, ids.c.id == Room.id)
        .outerjoin(RoomMember, mine)
        .outerjoin(Room.group)
        .outerjoin(Group.domain)
        .where(Room.state != RoomState.DELETED)
        .where(or_(Room.group_id.is_(None), and_(Group.has_teamchat, standing.domain_grants())))
        .order_by(Group.name, Group.id, Room.name, Room.id)
    )


def _candidate_ids(is_one_room: bool):
    groups = Room.group_id.in_(bindparam("groups", expanding=True))
    through_group = select(Room.id).where(Room.kind == RoomKind.PUBLIC, groups)
    through_entry = select(RoomMember.room_id.label("id")).where(
        RoomMember.account_id == bindparam("account"), RoomMember.is_member
    )
    if is_one_room:
        through_group = through_group.where(Room.id == bindparam("room"))
        through_entry = through_entry.where(RoomMember.room_id == bindparam("room"))
    return union(through_group, through_entry)


def _lines(person: Person, rooms: list[Room]) -> dict[tuple[int, int], list[Line]]:
    """The lines that can matter to a person in these rooms, by the scope they stand in."""
    return standing.lines_in(person, {standing.scope_of(room) for room in rooms})


def _answer(person, room, member, lines, is_muted) -> RoomAccess:
    how = Standing(
        is_inside=standing.is_inside(person, room, member),
        is_owner=standing.is_owner(room, member),
        is_read_only=is_muted or room.state is RoomState.ARCHIVED,
    )
    return RoomAccess(room, resolve(person, how, lines.get(standing.scope_of(room), ())), member)
