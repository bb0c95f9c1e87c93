"""A group's member list: its entries, and how many people stand behind each."""

from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select, union_all
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import Account, EntryKind, Group, MemberEntry
from app.queries.directory.domains import matches
from app.queries.directory.listing import Listing, ListQuery, counted
from app.queries.name_index import names_match
from app.queries.paging import Page, keyset
from app.rules import membership


@dataclass(frozen=True)
class EntryRow:
    """An entry as the list shows it. people: how many accounts it stands for."""

    entry: MemberEntry
    people: int

    @property
    def name(self) -> str:
        entry = self.entry
        if entry.kind is EntryKind.ACCOUNT:
            return entry.account.name
        return entry.domain.name if entry.kind is EntryKind.DOMAIN else entry.inner_group.name

    @property
    def address(self) -> str | None:
        """What stands below the name: none for a domain, whose name says all."""
        entry = self.entry
        if entry.kind is EntryKind.ACCOUNT:
            return entry.account.address
        return entry.inner_group.address if entry.kind is EntryKind.GROUP else None

    @property
    def domain_id(self) -> int:
        """The domain the entry belongs to: it tells whose administrators may follow it."""
        entry = self.entry
        if entry.kind is EntryKind.DOMAIN:
            return entry.domain_id
        return (entry.account or entry.inner_group).domain_id


def member_list(group: Group, query: ListQuery | None = None) -> Listing:
    """A page of a group's entries, the newest first. Four statements at most; a search reads no other group's."""
    query = query or ListQuery()
    found = select(MemberEntry).where(*_conditions(group, query))
    statement = found.options(
        joinedload(MemberEntry.account),
        joinedload(MemberEntry.domain),
        joinedload(MemberEntry.inner_group),
    )
    page = keyset(statement, (MemberEntry.id,), cursor=query.cursor, descending=True)
    entries = [row[0] for row in page.rows]
    behind = _people_behind(entries)
    rows = [EntryRow(entry, behind.get((entry.kind, entry.principal_id), 1)) for entry in entries]
    return Listing(Page(rows, page.previous, page.next), counted(found.with_only_columns(MemberEntry.id)))


def _conditions(group: Group, query: ListQuery) -> list:
    """What an entry of the list fulfils."""
    rests = [MemberEntry.group_id == group.id]
    rests += [MemberEntry.kind == EntryKind(value) for name, value in query.filters if name == "kind"]
    if query.search:
        rests.append(_is_called(query.search))
    return rests


def _is_called(search: str):
    """A condition: whoever the entry stands for is called so. Each is looked up by its key."""
    return or_(
        MemberEntry.account.has(names_match(Account, search)),
        MemberEntry.domain.has(matches(search)),
        MemberEntry.inner_group.has(names_match(Group, search)),
    )


def entry_row(group: Group, entry_id: int) -> EntryRow | None:
    """One entry of a group."""
    entry = db.session.get(MemberEntry, entry_id)
    if entry is None or entry.group_id != group.id:
        return None
    return EntryRow(entry, _people_behind([entry]).get((entry.kind, entry.principal_id), 1))


def effective_member_count(group: Group) -> int:
    """How many people are in a group, each counted once."""
    return membership.count_of(membership.branches(group.id))


def _people_behind(entries: list[MemberEntry]) -> dict[tuple[EntryKind, int], int]:
    domains = {entry.principal_id for entry in entries if entry.kind is EntryKind.DOMAIN}
    groups = {entry.principal_id for entry in entries if entry.kind is EntryKind.GROUP}
    counts = {(EntryKind.DOMAIN, key): 0 for key in domains} | {(EntryKind.GROUP, key): 0 for key in groups}
    if domains:
        statement = select(Account.domain_id, func.count()).where(
            Account.domain_id.in_(domains), _is_person()
        )
        for key, count in db.session.execute(statement.group_by(Account.domain_id)):
            counts[EntryKind.DOMAIN, key] = count
    if groups:
        for key, count in db.session.execute(_people_of_groups(groups)):
            counts[EntryKind.GROUP, key] = count
    return counts


def _people_of_groups(group_ids: set[int]):
    """People of several groups, inner ones included, counted in one statement (columns root, count)."""
    tree = select(Group.id.label("root"), Group.id.label("group_id")).where(Group.id.in_(group_ids))
    tree = tree.cte("roots", recursive=True)
    step = select(tree.c.root, MemberEntry.inner_group_id).where(
        MemberEntry.group_id == tree.c.group_id, MemberEntry.kind == EntryKind.GROUP
    )
    tree = tree.union(step)
    entry = and_(MemberEntry.group_id == tree.c.group_id, MemberEntry.kind != EntryKind.GROUP)
    named = (
        select(tree.c.root, Account.id)
        .join(MemberEntry, entry)
        .join(Account, Account.id == MemberEntry.account_id)
    )
    of_domains = (
        select(tree.c.root, Account.id)
        .join(MemberEntry, entry)
        .join(Account, Account.domain_id == MemberEntry.domain_id)
    )
    people = union_all(named.where(_is_person()), of_domains.where(_is_person())).subquery("people")
    return select(people.c.root, func.count(people.c.id.distinct())).group_by(people.c.root)


def _is_person():
    return ~Account.is_guest
