"""A group's member list: accounts, whole domains and other groups; they nest, never in a circle."""

from collections import defaultdict
from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import insert, select

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import ACCESS, AccessScope, Account, Counter, Domain, EntryKind, Group, MemberEntry, now
from app.operations import audit, versions
from app.rules import membership, scope
from app.transaction import operation, touch_access

PRINCIPAL_COLUMNS = {
    EntryKind.ACCOUNT: "account_id",
    EntryKind.DOMAIN: "domain_id",
    EntryKind.GROUP: "inner_group_id",
}
NAMED_MAX = 20
"""Names of new members that the trail keeps, and that access changes for one by one."""


@operation
def add_members(actor, group: Group, principals: Iterable[tuple[EntryKind, int]]) -> int:
    """Add accounts, whole domains and groups. Who is in already stays. Returns how many came.

    Domain administrators add what belongs to their own domain; the others, anybody of this server but guests.
    """
    group = scope.find_group(actor, group.id)
    wanted = _by_kind(principals)
    if not any(wanted.values()):
        raise Invalid(_("Choose at least one member."), code="nobody_chosen", field="members")
    if wanted[EntryKind.GROUP]:
        _take_turn()
    group = versions.lock_row(group)
    known = _entries_there(group)
    names = []
    for kind, ids in wanted.items():
        found = _found(actor, group, kind, ids)
        if kind is EntryKind.GROUP:
            _refuse_circles(group, found)
        fresh = {key: name for key, name in found.items() if (kind, key) not in known}
        names += _insert(group, kind, fresh)
        _touch(group, kind, list(fresh))
    if names:
        audit.record(actor, "group.add_members", group, after={"members": _summary(names)})
    return len(names)


@operation
def remove_member(actor, group: Group, entry_id: int) -> str:
    """Take an entry out of the member list: its people lose the rooms at once. Returns the entry's name."""
    group = versions.lock_row(scope.find_group(actor, group.id))
    entry = db.session.get(MemberEntry, entry_id, populate_existing=True)
    if entry is None or entry.group_id != group.id:
        raise NotFound()
    name = _name(entry)
    db.session.delete(entry)
    _touch(group, entry.kind, [entry.principal_id])
    audit.record(actor, "group.remove_member", group, before={"members": name})
    return name


def circular_membership(name: str, path: Iterable[str]) -> Invalid:
    """The refusal of a member that a group would be inside of. path: addresses from the group to itself."""
    return Invalid(
        _(
            "%(name)s cannot be a member here, it would contain itself: %(path)s",
            name=name,
            path=" → ".join(path),
        ),
        code="circle",
        field="members",
    )


def _by_kind(principals) -> dict[EntryKind, set[int]]:
    wanted = defaultdict(set)
    for kind, key in principals:
        wanted[EntryKind(kind)].add(int(key))
    return wanted


def _take_turn() -> None:
    """Two administrators must not close a circle from both ends: nesting waits for the counter's lock."""
    db.session.execute(select(Counter.value).where(Counter.name == ACCESS).with_for_update())


def _entries_there(group: Group) -> set[tuple[EntryKind, int]]:
    statement = select(MemberEntry.kind, MemberEntry.principal_id).where(MemberEntry.group_id == group.id)
    return set(db.session.execute(statement).all())


def _found(actor, group: Group, kind: EntryKind, ids: set[int]) -> dict[int, str]:
    """Names of the wanted principals by id, all of them within the actor's scope. Error: NotFound."""
    if kind is EntryKind.ACCOUNT:
        statement = select(Account.id, Account.address).join(Account.domain)
        statement = statement.where(Account.id.in_(ids), ~Account.is_guest)
    elif kind is EntryKind.DOMAIN:
        statement = select(Domain.id, Domain.name).where(Domain.id.in_(ids))
    else:
        statement = select(Group.id, Group.address).join(Group.domain).where(Group.id.in_(ids))
    statement = statement.where(scope.of_members(actor, group))
    found = dict(db.session.execute(statement).all())
    if len(found) != len(ids):
        raise NotFound()
    return found


def _refuse_circles(group: Group, found: dict[int, str]) -> None:
    outer = membership.containing_groups(group.id)
    for inner_id, name in found.items():
        if inner_id in outer:
            raise circular_membership(name, [group.address, *_path(inner_id, group.id, outer)])


def _path(start: int, goal: int, among: frozenset[int]) -> list[str]:
    """Addresses of the groups that lead from a group down to one inside of it, both included."""
    inner = defaultdict(set)
    statement = select(MemberEntry.group_id, MemberEntry.inner_group_id).where(
        MemberEntry.kind == EntryKind.GROUP,
        MemberEntry.group_id.in_(among),
        MemberEntry.inner_group_id.in_(among),
    )
    for outer_id, inner_id in db.session.execute(statement):
        inner[outer_id].add(inner_id)
    rows = db.session.execute(select(Group.id, Group.address).where(Group.id.in_(among))).all()
    addresses = dict(rows)
    return [addresses[key] for key in _shortest(start, goal, inner)]


def _shortest(start: int, goal: int, inner: dict[int, set[int]]) -> list[int]:
    came_from, edge = {start: None}, [start]
    while goal not in came_from and edge:
        step = [
            (inside, outside)
            for outside in edge
            for inside in sorted(inner[outside])
            if inside not in came_from
        ]
        came_from |= dict(step)
        edge = [inside for inside, _outside in step]
    path, key = [], goal
    while key is not None:
        path.append(key)
        key = came_from.get(key)
    return path[::-1]


def _insert(group: Group, kind: EntryKind, fresh: dict[int, str]) -> list[str]:
    rows = [
        {
            "group_id": group.id,
            "kind": kind,
            "principal_id": key,
            "account_id": None,
            "domain_id": None,
            "inner_group_id": None,
            "created_at": now(),
            PRINCIPAL_COLUMNS[kind]: key,
        }
        for key in fresh
    ]
    if rows:
        db.session.execute(insert(MemberEntry), rows)
    return list(fresh.values())


def _touch(group: Group, kind: EntryKind, ids: list[int]) -> None:
    """A few people are named one by one, so that nobody else in the group has to knock again."""
    if kind is EntryKind.ACCOUNT and len(ids) <= NAMED_MAX:
        for account_id in ids:
            touch_access(AccessScope.ACCOUNT, account_id)
    elif ids:
        touch_access(AccessScope.GROUP, group.id)


def _summary(names: list[str]) -> str:
    shown = ", ".join(names[:NAMED_MAX])
    rest = len(names) - NAMED_MAX
    return shown if rest <= 0 else _("%(names)s and %(count)s more", names=shown, count=rest)


def _name(entry: MemberEntry) -> str:
    if entry.kind is EntryKind.ACCOUNT:
        return entry.account.address
    return entry.domain.name if entry.kind is EntryKind.DOMAIN else entry.inner_group.address
