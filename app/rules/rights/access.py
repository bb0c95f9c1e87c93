"""Access: the rights of accounts in the rooms of this server, remembered while nobody's access changes.

Answers are kept per process as long as the epoch of access stays the same: every operation that touches anybody's
access raises it in its own transaction.
"""

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from app.errors import Forbidden, NotFound, Refusal, ServiceStopped
from app.extensions import db
from app.models import Account, Room, RoomMember, now
from app.rules import services
from app.rules.rights.decision import Basis, Decision, Right
from app.rules.rights.facts import facts_of, open_to
from app.transaction import has_access_changes

# Answers a process keeps; each is a pair of ids and an answer, about 300 bytes.
REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class RoomAccess:
    """A room that a person sees, the decision about their rights there, and their own entry in it."""

    room: Room
    decision: Decision
    member: RoomMember | None

    @property
    def rights(self) -> Right:
        """The person's rights in the room."""
        return self.decision.rights

    @property
    def is_owner(self) -> bool:
        """Return whether the person owns the room."""
        return self.decision.basis is Basis.OWNER


@dataclass(frozen=True, slots=True)
class CachedRights:
    """The rights of an account in a room, as of an epoch, and until the license ends."""

    rights: Right
    epoch: int
    ends_at: datetime | None

    def holds(self, epoch: int) -> bool:
        """Return whether neither anybody's access nor, by time alone, the license has changed since."""
        return self.epoch == epoch and (self.ends_at is None or now() < self.ends_at)


_remembered: OrderedDict[tuple[int, int], CachedRights] = OrderedDict()


def rights_in(account: Account, room_id: int, *, epoch: int | None = None) -> Right:
    """Return an account's rights in a room. epoch: the current one, if the caller has read it already.

    An answer of no rights is not remembered: a room created later may bear the id that was asked for.
    """
    epoch = services.epoch() if epoch is None else epoch
    remembered = _remembered.get((account.id, room_id))
    if remembered is not None and remembered.holds(epoch) and not has_access_changes():
        return remembered.rights
    state = services.state()
    visible = _visible(as_stored(account), state, room_id=room_id, is_light=True)
    if not visible:
        return Right.NONE
    rights = visible[0].rights
    _remember((account.id, room_id), _answer_at(rights, epoch, state))
    return rights


def rights_by_account(accounts: Collection[Account], room: Room) -> dict[int, Right]:
    """Return the rights of each of these accounts in a room, by account id. A fixed number of statements."""
    facts = facts_of(accounts, [room], services.state())
    return {account.id: facts.decide(account.id, room.id).rights for account in accounts}


def rights_if_active(account: Account, room: Room) -> Right:
    """Return the rights an account would have in an archived room if it were taken out of the archive."""
    facts, rows = open_to(as_stored(account), services.state(), room_id=room.id, is_light=True)
    return facts.decide_if_active(account.id, room.id).rights if rows else Right.NONE


def can(account: Account, right: Right, room: Room) -> bool:
    """Return whether an account has a right in a room."""
    return rights_in(account, room.id) & right == right


def require(account: Account, right: Right, room_id: int, *, epoch: int | None = None) -> Right:
    """Return all rights of an account in a room, or refuse if it lacks this one: NotFound if the room is hidden.

    The answer is that of the database as it is now when epoch has been read under the room's lock.
    """
    epoch = services.epoch() if epoch is None else epoch
    rights = rights_in(account, room_id, epoch=epoch)
    if not rights & Right.FOLDER_READ:
        return _refuse_outside(account, right, room_id, epoch)
    if rights & right != right:
        raise Forbidden()
    return rights


def _refuse_outside(account: Account, right: Right, room_id: int, epoch: int) -> Right:
    """Refuse, unless access has changed since the rights were read: the refusal would not fit them."""
    refusal, now_at = _outside(services.state()), services.epoch()
    if now_at == epoch:
        raise refusal
    return require(account, right, room_id, epoch=now_at)


def _outside(state: services.ServerState) -> Refusal:
    return NotFound() if state.chat_runs else ServiceStopped()


def find_room(account: Account, room_id: int) -> RoomAccess:
    """Return a room by its id, for an account that sees it. Errors: NotFound, ServiceStopped."""
    state = services.state()
    visible = _visible(as_stored(account), state, room_id=room_id)
    if not visible:
        raise _outside(state)
    return visible[0]


def visible_rooms(account: Account) -> list[RoomAccess]:
    """Return every room an account sees, by group and name. The number of statements is fixed."""
    state = services.state()
    return _visible(as_stored(account), state)


def heard_rooms(account: Account, state: services.ServerState) -> list[RoomAccess]:
    """Return visible_rooms() for a socket, with no more of each room than rights need.

    state, and after it account, have just been read. The rights are remembered, for the room that is opened next.
    """
    visible = _visible(account, state, is_light=True)
    for access in visible:
        _remember((account.id, access.room.id), _answer_at(access.rights, state.epoch, state))
    return visible


def as_stored(account: Account) -> Account:
    """Return the account as the database has it now: sockets hold on to theirs for hours."""
    statement = select(Account).where(Account.id == account.id)
    return db.session.scalars(statement, execution_options={"populate_existing": True}).one()


def forget() -> None:
    """Drop every remembered answer (tests that roll transactions back need it)."""
    _remembered.clear()


def _answer_at(rights: Right, epoch: int, state: services.ServerState) -> CachedRights:
    return _shared(rights, epoch, None if state.is_read_only else state.ends_at)


# Thousands of sockets have the same few answers.
_shared = lru_cache(maxsize=1024)(CachedRights)


def _remember(key: tuple[int, int], answer: CachedRights) -> None:
    """Keep an answer, unless an operation is changing access: it may be undone, and its epoch is not given yet."""
    if has_access_changes():
        return
    _remembered[key] = answer
    _remembered.move_to_end(key)
    if len(_remembered) > REMEMBERED:
        _remembered.popitem(last=False)


def _visible(account: Account, state: services.ServerState, **how: Any) -> list[RoomAccess]:
    facts, rows = open_to(account, state, **how)
    decisions = ((room, facts.decide(account.id, room.id), member) for room, member in rows)
    return [RoomAccess(room, decision, member) for room, decision, member in decisions if decision.rights]
