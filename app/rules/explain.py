"""Why somebody may what they may in a room: every step of the answer, from the switches to the line that decided."""

from dataclasses import dataclass

from sqlalchemy import select

from app.extensions import db
from app.models import Account, AccountState, Domain, Grant, Group, Principal, Room, RoomMember, RoomState
from app.rules import membership, policies, rights, server, standing
from app.rules.membership import Way
from app.rules.rights import FULL, GUEST_MAXIMUM, READ_ONLY_MAXIMUM, Line, Person, Right

SERVICE_STOPPED, SWITCHED_OFF, GROUP_OFF, DELETED = "service_stopped", "switched_off", "group_off", "deleted"
OUTSIDE, OWNER, NO_LINE, LINES = "outside", "owner", "no_line", "lines"
GUEST, ARCHIVED, MUTED, UNLICENSED, HIDDEN = "guest", "archived", "muted", "unlicensed", "hidden"


@dataclass(frozen=True)
class NamedLine:
    """A line of the list, and whom it is about."""

    line: Line
    name: str


@dataclass(frozen=True)
class Explanation:
    """The rights, and how they came about.

    verdict: what decided (a stopped service, a switch, the gate, ownership, no line, lines). ways: how the person is in
    the room's group. scope: where the list stands (standing.scope_of). lines: those that decided. overruled: those
    that match the person too and count for nothing. caps: what took rights away again.
    """

    account: Account
    room: Room
    rights: Right
    verdict: str
    ways: tuple[Way, ...] = ()
    member: RoomMember | None = None
    scope: tuple[int, int] = (0, 0)
    lines: tuple[NamedLine, ...] = ()
    overruled: tuple[NamedLine, ...] = ()
    caps: tuple[str, ...] = ()


def explain(account: Account, room: Room) -> Explanation:
    """Why an account may what it may in a room. The number of statements is fixed."""
    state = server.state()
    shut = _what_shuts(account, room, state)
    if shut:
        return Explanation(account, room, Right.NONE, shut)
    person = Person(account.id, account.domain_id, membership.groups_of(account), account.is_guest)
    member = db.session.scalars(
        select(RoomMember).where(RoomMember.room_id == room.id, RoomMember.account_id == account.id)
    ).one_or_none()
    ways = tuple(membership.ways_in(account, room.group_id)) if room.group_id and not account.is_guest else ()
    about = {"ways": ways, "member": member, "scope": standing.scope_of(room)}
    if not standing.is_inside(person, room, member):
        return Explanation(account, room, Right.NONE, OUTSIDE, **about)
    return _inside(account, room, person, state, about)


def _what_shuts(account: Account, room: Room, state) -> str | None:
    """What closes the room to somebody before their membership is even looked at."""
    if not state.chat_runs:
        return SERVICE_STOPPED
    if not policies.account_has(account, policies.Feature.TEAMCHAT):
        return SWITCHED_OFF
    if room.state is RoomState.DELETED:
        return DELETED
    if room.group_id is None:
        return None
    group = db.session.get(Group, room.group_id)
    is_on = group.has_teamchat and policies.domain_has(group.domain, policies.Feature.TEAMCHAT)
    return None if is_on else GROUP_OFF


def _inside(account, room, person, state, about) -> Explanation:
    if standing.is_owner(room, about["member"]) and not person.is_guest:
        verdict, total, chosen, others = OWNER, FULL, (), ()
    else:
        verdict, total, chosen, others = _by_lines(person, about["scope"])
    caps = _caps(account, room, state)
    for cap in caps:
        total &= GUEST_MAXIMUM if cap == GUEST else READ_ONLY_MAXIMUM
    if total and not total & Right.FOLDER_READ:
        caps, total = (*caps, HIDDEN), Right.NONE
    return Explanation(
        account, room, total, verdict, **about, lines=_named(chosen), overruled=_named(others), caps=caps
    )


def _by_lines(person: Person, scope: tuple[int, int]):
    found = tuple(standing.lines_in(person, [scope]).get(scope, ()))
    total, chosen = rights.decisive(person, found)
    others = tuple(line for line in found if line not in chosen and rights.matches(person, line))
    return (LINES if chosen else NO_LINE), total, chosen, others


def _caps(account: Account, room: Room, state) -> tuple[str, ...]:
    conditions = (
        (GUEST, account.is_guest),
        (ARCHIVED, room.state is RoomState.ARCHIVED),
        (MUTED, account.state is AccountState.MUTED),
        (UNLICENSED, state.is_read_only),
    )
    return tuple(name for name, holds in conditions if holds)


def _named(lines: tuple[Line, ...]) -> tuple[NamedLine, ...]:
    names = names_of([(line.principal, line.principal_id) for line in lines])
    return tuple(NamedLine(line, names[line.principal, line.principal_id]) for line in lines)


def names_of(principals) -> dict[tuple[Principal, int], str]:
    """How principals are shown: addresses, a group in brackets as the guide writes it. At most three statements."""
    names = {(principal, key): f"[{principal}]" for principal, key in principals}
    kinds = (
        (Principal.ACCOUNT, Account.address),
        (Principal.GROUP, Group.address),
        (Principal.DOMAIN, Domain.name),
    )
    for kind, column in kinds:
        ids = [key for principal, key in principals if principal is kind]
        if ids:
            rows = db.session.execute(select(column.class_.id, column).where(column.class_.id.in_(ids)))
            shown = "{}" if kind is Principal.ACCOUNT else "[{}]"
            names |= {(kind, key): shown.format(name) for key, name in rows}
    return names


def lines_of(scope: tuple[int, int]) -> list[NamedLine]:
    """A list as its window shows it: groups first, then everybody's lines, then people."""
    order = {
        Principal.GROUP: 0,
        Principal.DOMAIN: 1,
        Principal.MEMBERS: 2,
        Principal.ANYONE: 3,
        Principal.GUESTS: 4,
    }
    kind, scope_id = scope
    grants = db.session.scalars(
        select(Grant).where(Grant.scope_kind == kind, Grant.scope_id == scope_id)
    ).all()
    named = _named(tuple(Line(grant.principal, grant.principal_id, Right(grant.rights)) for grant in grants))
    return sorted(named, key=lambda one: (order.get(one.line.principal, 9), one.name))
