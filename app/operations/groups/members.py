"""Member lists of groups: accounts, whole domains and other groups, nested without circles."""

from collections import defaultdict
from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, delete, func, insert, select

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import (
    ACCESS,
    AccessScope,
    Account,
    Counter,
    Domain,
    EntryKind,
    Exclusion,
    Group,
    MemberEntry,
    now,
)
from app.operations import audit, locks
from app.rules import groups
from app.rules.rights import scope
from app.transaction import operation, touch_access

PRINCIPAL_COLUMNS = {
    EntryKind.ACCOUNT: "account_id",
    EntryKind.DOMAIN: "domain_id",
    EntryKind.GROUP: "inner_group_id",
}

# Up to so many new members are named in the audit log, and have their access changed one by one.
NAMED_MAX = 20


@operation
def add_members(actor: Account, group: Group, principals: Iterable[tuple[EntryKind, int]]) -> int:
    """Add accounts, whole domains and groups; existing members are left alone. Return the number of new entries.

    Domain administrators add what belongs to their own domains, the others anything of this server except guests.
    Errors: NotFound; Invalid for an empty choice and for a circle.
    """
    group = scope.find_group(actor, group.id)
    ids_by_kind = _by_kind(principals)
    if not any(ids_by_kind.values()):
        raise Invalid(_("Choose at least one member."), code="nobody_chosen", field="members")
    if ids_by_kind[EntryKind.GROUP]:
        _lock_nesting()
    group = locks.lock_row(group)
    existing_entries = _existing_entries(group)
    new_names: list[str] = []
    for kind, ids in ids_by_kind.items():
        names_by_id = _names_in_scope(actor, group, kind, ids)
        if kind is EntryKind.GROUP:
            _refuse_circles(group, names_by_id)
        new = {key: name for key, name in names_by_id.items() if (kind, key) not in existing_entries}
        _insert_members(group, kind, new)
        new_names += new.values()
        _touch_members(group, kind, list(new))
    if new_names:
        audit.record(actor, "group.add_members", group, after={"members": _summary(new_names)})
    return len(new_names)


@operation
def remove_member(actor: Account, group: Group, entry_id: int) -> str:
    """Remove an entry from the member list: its people lose the rooms at once. Return the entry's name."""
    group = locks.lock_row(scope.find_group(actor, group.id))
    entry = db.session.get(MemberEntry, entry_id, populate_existing=True)
    if entry is None or entry.group_id != group.id:
        raise NotFound()
    name = entry_name(entry)
    db.session.delete(entry)
    _touch_members(group, entry.kind, [entry.principal_id])
    audit.record(actor, "group.remove_member", group, before={"members": name})
    return name


def circular_membership(name: str, path: Iterable[str]) -> Invalid:
    """Return the refusal of a member that contains the group. path: addresses from the group down to itself."""
    return Invalid(
        _(
            "%(name)s cannot be a member here, it would contain itself: %(path)s",
            name=name,
            path=" → ".join(path),
        ),
        code="circle",
        field="members",
    )


def entry_name(entry: MemberEntry) -> str:
    """Return the address of the account or group of an entry, or the name of its domain."""
    if entry.account is not None:
        return entry.account.address
    if entry.domain is not None:
        return entry.domain.name
    if entry.inner_group is not None:
        return entry.inner_group.address
    raise LookupError(entry.id)


def _by_kind(principals: Iterable[tuple[EntryKind, int]]) -> dict[EntryKind, set[int]]:
    ids_by_kind = defaultdict(set)
    for kind, key in principals:
        ids_by_kind[EntryKind(kind)].add(int(key))
    return ids_by_kind


def _lock_nesting() -> None:
    # Two administrators must not close a circle from both ends: nesting waits for the counter's lock.
    db.session.execute(select(Counter.value).where(Counter.name == ACCESS).with_for_update())


def _existing_entries(group: Group) -> set[tuple[EntryKind, int]]:
    statement = select(MemberEntry.kind, MemberEntry.principal_id).where(MemberEntry.group_id == group.id)
    return set(db.session.execute(statement).all())


def _names_in_scope(actor: Account, group: Group, kind: EntryKind, ids: set[int]) -> dict[int, str]:
    """Return the names of principals by id. Error: NotFound if one is outside of the actor's scope."""
    statement: Select[int, str]
    if kind is EntryKind.ACCOUNT:
        statement = select(Account.id, Account.address).join(Account.domain)
        statement = statement.where(Account.id.in_(ids), ~Account.is_guest)
    elif kind is EntryKind.DOMAIN:
        statement = select(Domain.id, Domain.name).where(Domain.id.in_(ids))
    else:
        statement = select(Group.id, Group.address).join(Group.domain).where(Group.id.in_(ids))
    statement = statement.where(scope.of_members(actor, group))
    names_by_id = dict(db.session.execute(statement).all())
    if len(names_by_id) != len(ids):
        raise NotFound()
    return names_by_id


def _refuse_circles(group: Group, names_by_id: dict[int, str]) -> None:
    outer_ids = groups.containing_groups(group.id)
    for inner_id, name in names_by_id.items():
        if inner_id in outer_ids:
            raise circular_membership(name, [group.address, *_path(inner_id, group.id, outer_ids)])


def _path(start_id: int, goal_id: int, group_ids: frozenset[int]) -> list[str]:
    """Return the addresses of the groups that lead from a group down to one inside of it, both included."""
    inner_ids: dict[int, set[int]] = defaultdict(set)
    statement = select(MemberEntry.group_id, MemberEntry.inner_group_id).where(
        MemberEntry.kind == EntryKind.GROUP,
        MemberEntry.group_id.in_(group_ids),
        MemberEntry.inner_group_id.in_(group_ids),
    )
    for outer_id, inner_id in db.session.execute(statement):
        if inner_id is not None:
            inner_ids[outer_id].add(inner_id)
    rows = db.session.execute(select(Group.id, Group.address).where(Group.id.in_(group_ids)))
    addresses = dict(rows.all())
    return [addresses[group_id] for group_id in _shortest_path(start_id, goal_id, inner_ids)]


def _shortest_path(start_id: int, goal_id: int, inner_ids: dict[int, set[int]]) -> list[int]:
    """Search breadth first from the outer group; predecessors lead back from the goal."""
    predecessors: dict[int, int | None] = {start_id: None}
    outermost = [start_id]
    while goal_id not in predecessors and outermost:
        candidates = [
            (inner_id, outer_id)
            for outer_id in outermost
            for inner_id in sorted(inner_ids[outer_id])
            if inner_id not in predecessors
        ]
        predecessors |= dict(candidates)
        outermost = [inner_id for inner_id, _outer_id in candidates]
    path = []
    group_id: int | None = goal_id
    while group_id is not None:
        path.append(group_id)
        group_id = predecessors.get(group_id)
    return path[::-1]


def _insert_members(group: Group, kind: EntryKind, ids: Iterable[int]) -> None:
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
        for key in ids
    ]
    if rows:
        db.session.execute(insert(MemberEntry), rows)


def _touch_members(group: Group, kind: EntryKind, ids: list[int]) -> None:
    # A few people are named one by one, so that nobody else in the group has to subscribe again.
    if kind is EntryKind.ACCOUNT and len(ids) <= NAMED_MAX:
        for account_id in ids:
            touch_access(AccessScope.ACCOUNT, account_id)
    elif ids:
        touch_access(AccessScope.GROUP, group.id)


def _summary(names: list[str]) -> str:
    shown = ", ".join(names[:NAMED_MAX])
    rest = len(names) - NAMED_MAX
    return shown if rest <= 0 else _("%(names)s and %(count)s more", names=shown, count=rest)


# People that an entry is turned into; more of them are better kept together.
DETACHED_MAX = 5_000


@operation
def detach_member(actor: Account, group: Group, entry_id: int) -> int:
    """Replace a group or domain in a member list by its people, who no longer follow it. Return their number.

    Errors: NotFound; Invalid for an account, and for too many people.
    """
    group = locks.lock_row(scope.find_group(actor, group.id))
    entry = db.session.get(MemberEntry, entry_id)
    if entry is None or entry.group_id != group.id:
        raise NotFound()
    if entry.kind is EntryKind.ACCOUNT:
        raise Invalid(_("This entry is already one person."), code="one_person")
    name = entry_name(entry)
    people = people_of_entry(entry)
    count = _checked_count(people)
    _insert_entries(group, people)
    db.session.delete(entry)
    touch_access(AccessScope.GROUP, group.id)
    members = ngettext("%(num)s person", "%(num)s people", count)
    audit.record(actor, "group.detach_member", group, before={"members": name}, after={"members": members})
    return count


def people_of_entry(entry: MemberEntry) -> Select[int]:
    """Select the ids of the people that a group or domain entry brings in, without those excluded from its group."""
    excluded = select(Exclusion.account_id).where(Exclusion.group_id == entry.group_id)
    if entry.inner_group_id is not None:
        people = groups.effective_members(entry.inner_group_id).with_only_columns(Account.id)
    else:
        people = select(Account.id).where(Account.domain_id == entry.domain_id, ~Account.is_guest)
    return people.where(Account.id.not_in(excluded))


@operation
def exclude_person(actor: Account, group: Group, account_id: int) -> str:
    """Exclude a person from a group, whatever entries bring them in. Return their address. Error: NotFound."""
    group = locks.lock_row(scope.find_group(actor, group.id))
    statement = groups.effective_members(group.id).where(Account.id == account_id)
    person = db.session.scalars(statement).unique().one_or_none()
    if person is None:
        raise NotFound(_("This person is not in the group."), field="member")
    db.session.add(Exclusion(group_id=group.id, account_id=person.id))
    touch_access(AccessScope.ACCOUNT, person.id)
    audit.record(actor, "group.exclude_person", group, after={"excluded": person.address})
    return person.address


@operation
def include_person(actor: Account, group: Group, account_id: int) -> str:
    """Remove an exclusion: entries bring the person in again. Return their address. Error: NotFound."""
    group = locks.lock_row(scope.find_group(actor, group.id))
    is_exclusion = (Exclusion.group_id == group.id, Exclusion.account_id == account_id)
    if not locks.execute_update(delete(Exclusion).where(*is_exclusion), synchronize="auto"):
        raise NotFound()
    address = db.session.scalars(select(Account.address).where(Account.id == account_id)).one()
    touch_access(AccessScope.ACCOUNT, account_id)
    audit.record(actor, "group.include_person", group, before={"excluded": address})
    return address


def _checked_count(people: Select[int]) -> int:
    """Return the number of people. Error: Invalid when there are too many."""
    count = db.session.scalar(select(func.count()).select_from(people.order_by(None).subquery())) or 0
    if count > DETACHED_MAX:
        raise Invalid(
            _(
                "This entry stands for %(count)s people; at most %(most)s can be turned into entries of their own.",
                count=count,
                most=DETACHED_MAX,
            ),
            code="too_many_people",
        )
    return count


def _insert_entries(group: Group, people: Select[int]) -> None:
    """Insert entries for the people who have none of their own yet."""
    have_entries = select(MemberEntry.principal_id).where(
        MemberEntry.group_id == group.id, MemberEntry.kind == EntryKind.ACCOUNT
    )
    rows = [
        {
            "group_id": group.id,
            "kind": EntryKind.ACCOUNT,
            "principal_id": account_id,
            "account_id": account_id,
            "domain_id": None,
            "inner_group_id": None,
            "created_at": now(),
        }
        for account_id in db.session.scalars(people.where(Account.id.not_in(have_entries)))
    ]
    if rows:
        db.session.execute(insert(MemberEntry), rows)
