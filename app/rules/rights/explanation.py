"""Explanations of decisions about rights: the decision with the ways into the group and the names of its entries."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from app.extensions import db
from app.models import Account, Domain, Grant, Group, Principal, Room
from app.rules import groups, services
from app.rules.groups import Way
from app.rules.rights.decision import AclEntry, Decision, Right
from app.rules.rights.facts import Scope, facts_of


@dataclass(frozen=True)
class NamedEntry:
    """An entry of a rights list, and the name of its principal."""

    entry: AclEntry
    name: str


@dataclass(frozen=True)
class Explanation:
    """The decision about an account in a room, and what its sentences need.

    scope: the place whose list counts. ways: how the account is in the room's group. deciding, overruled: the entries
    of the decision with their names.
    """

    account: Account
    room: Room
    decision: Decision
    scope: Scope
    ways: tuple[Way, ...] = ()
    deciding: tuple[NamedEntry, ...] = ()
    overruled: tuple[NamedEntry, ...] = ()

    @property
    def rights(self) -> Right:
        """The account's rights in the room."""
        return self.decision.rights


def explain(account: Account, room: Room) -> Explanation:
    """Explain an account's rights in a room. The number of statements is fixed."""
    facts = facts_of([account], [room], services.state())
    decision = facts.decide(account.id, room.id)
    scope = facts.rooms[room.id].scope
    if not decision.is_inside:
        return Explanation(account, room, decision, scope)
    named = _named((*decision.deciding, *decision.overruled))
    count = len(decision.deciding)
    return Explanation(
        account,
        room,
        decision,
        scope,
        ways=_ways(account, room),
        deciding=named[:count],
        overruled=named[count:],
    )


def entries_of(scope: Scope) -> list[NamedEntry]:
    """Return a list as its window shows it: groups first, then everybody's entries, then people."""
    order = {
        Principal.GROUP: 0,
        Principal.DOMAIN: 1,
        Principal.MEMBERS: 2,
        Principal.ANYONE: 3,
        Principal.GUESTS: 4,
    }
    kind, scope_id = scope
    grants = db.session.scalars(select(Grant).where(Grant.scope_kind == kind, Grant.scope_id == scope_id))
    named = _named(
        tuple(AclEntry(grant.principal, grant.principal_id, Right(grant.rights)) for grant in grants)
    )
    return sorted(named, key=lambda named: (order.get(named.entry.principal, 9), named.name))


def names_of(principals: Collection[tuple[Principal, int]]) -> dict[tuple[Principal, int], str]:
    """Return how principals are shown: addresses, those of groups in brackets. At most three statements."""
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


def _ways(account: Account, room: Room) -> tuple[Way, ...]:
    if room.group_id is None or account.is_guest:
        return ()
    return tuple(groups.ways_in(account, room.group_id))


def _named(entries: tuple[AclEntry, ...]) -> tuple[NamedEntry, ...]:
    names = names_of([(entry.principal, entry.principal_id) for entry in entries])
    return tuple(NamedEntry(entry, names[entry.principal, entry.principal_id]) for entry in entries)
