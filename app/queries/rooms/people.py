"""People of a room, and people who could be added."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import Select, and_, or_, select

from app.extensions import db
from app.models import CLOSED, Account, Room, RoomKind, RoomMember
from app.queries.accounts.listing import name_begins, names_match
from app.queries.paging import keyset_of
from app.rules import groups
from app.rules.accounts import names, visibility

PAGE = 100
# People offered behind an @.
NAMED = 8
# Candidates shown at once; whoever looks for somebody else types.
SHOWN = 30


@dataclass(frozen=True)
class RoomPerson:
    """A person in a room: by an entry of their own (member), or through the room's group."""

    account: Account
    member: RoomMember | None


@dataclass(frozen=True)
class RoomPeople:
    """A page of a room's people by name, how many there are in all, and where the next page begins."""

    people: list[RoomPerson]
    total: int
    next_after: int | None


def people_of(room: Room, search: str = "", after: int | None = None) -> RoomPeople:
    """Return the people of a room, by name. The number of statements is fixed.

    after: the last account of the page before.
    """
    branches = _branches(room)
    total = groups.count_people(branches)
    matching = [branch.where(names_match(Account, search), *_behind(after)) for branch in branches]
    page = keyset_of(matching, (Account.name, Account.id), whole=_with_member(room), size=PAGE)
    people = [RoomPerson(account, member) for account, member in page.rows]
    return RoomPeople(people, total, people[-1].account.id if page.next else None)


def people_to_name(actor: Account, room: Room, prefix: str) -> list[Account]:
    """Return the first people of a room whose name or address begins like what was typed behind an @."""
    matching = [
        branch.where(Account.id != actor.id, name_begins(Account, prefix)) for branch in _branches(room)
    ]
    page = keyset_of(matching, (Account.name, Account.id), whole=select(Account), size=NAMED)
    return [row[0] for row in page.rows]


def _behind(after: int | None) -> list:
    """Conditions on accounts that come behind one by name; none where it is not known."""
    last = db.session.get(Account, after) if after is not None else None
    if last is None:
        return []
    behind = or_(Account.name > last.name, and_(Account.name == last.name, Account.id > last.id))
    return [Account.name >= last.name, behind]


def _branches(room: Room) -> list:
    entries = select(Account).where(Account.id.in_(_entries(room)))
    if room.kind is not RoomKind.PUBLIC:
        return [entries]
    # Public rooms belong to a group.
    assert room.group_id is not None
    group = [branch.where(Account.state.not_in(CLOSED)) for branch in groups.branches(room.group_id)]
    return [*group, entries.where(Account.is_guest)]


def candidates(
    actor: Account, room: Room | None, search: str = "", keep: Sequence[int] = ()
) -> list[Account]:
    """Return the first people an actor sees and could bring into a room, or into a direct conversation (no room).

    keep: ids that were chosen already; they stay on the list whatever is searched.
    """
    there = [] if room is None else [Account.id.not_in(_entries(room))]
    statement = select(Account).where(Account.id != actor.id, ~Account.is_guest, *there)
    colleagues = statement.where(Account.domain_id == actor.domain_id, Account.state.not_in(CLOSED))
    others = statement.where(Account.domain_id != actor.domain_id, visibility.visible_to(actor))
    chosen = [branch.where(Account.id.in_(list(keep)[:SHOWN])) for branch in (colleagues, others) if keep]
    matching = [
        branch.where(names_match(Account, search), Account.id.not_in(list(keep)))
        for branch in (colleagues, others)
    ]
    return [*_first(chosen), *_first(matching)][:SHOWN]


def _first(branches: list) -> list[Account]:
    rows = keyset_of(branches, (Account.name, Account.id), whole=select(Account), size=SHOWN).rows
    return [row[0] for row in rows]


def direct_titles(account: Account, room_ids: list[int]) -> dict[int, str]:
    """Return the titles of direct rooms for a person: the names of the others. One statement."""
    if not room_ids:
        return {}
    rows = db.session.execute(
        select(RoomMember.room_id, Account.name, Account.state, Account.is_guest, RoomMember.is_member)
        .join(Account, Account.id == RoomMember.account_id)
        .where(RoomMember.room_id.in_(room_ids), RoomMember.account_id != account.id)
        .order_by(RoomMember.room_id, Account.name)
    )
    titles: dict[int, str] = {}
    for room_id, own_name, state, is_guest, is_member in rows:
        is_hidden = account.is_guest and not is_member
        name = _("Former participant") if is_hidden else names.shown_name(own_name, state, is_guest=is_guest)
        titles[room_id] = f"{titles[room_id]}, {name}" if room_id in titles else name
    return titles


def owners_of(room: Room) -> list[Account]:
    """Return the owners of a private room."""
    statement = select(Account).join(RoomMember, RoomMember.account_id == Account.id)
    mine = (RoomMember.room_id == room.id, RoomMember.is_owner, RoomMember.is_member)
    return list(db.session.scalars(statement.where(*mine).order_by(Account.name)).unique())


def _entries(room: Room) -> Select:
    return select(RoomMember.account_id).where(RoomMember.room_id == room.id, RoomMember.is_member)


def _with_member(room: Room) -> Select:
    mine = and_(RoomMember.account_id == Account.id, RoomMember.room_id == room.id, RoomMember.is_member)
    return select(Account, RoomMember).outerjoin(RoomMember, mine)
