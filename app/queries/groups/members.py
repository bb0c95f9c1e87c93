"""Ways in which people are in a group, in words, for a page at once.

Administrators see them whole, members as far as they know them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, union_all
from sqlalchemy.orm import joinedload, lazyload

from app.extensions import db
from app.models import CLOSED, Account, Domain, EntryKind, Group, MemberEntry, Principal
from app.queries.accounts.listing import names_match
from app.queries.domains import matches
from app.queries.listing import Listing, ListQuery, count_rows
from app.queries.paging import Page, keyset
from app.rules import groups
from app.rules import groups as group_rules
from app.rules.accounts.addresses import readable
from app.rules.groups import Way
from app.rules.rights import scope
from app.rules.rights.audience import ways_in
from app.rules.rights.explanation import names_of
from app.rules.rooms import Nameable

# Ways of being in that a row tells.
WAYS_SHOWN = 3


@dataclass(frozen=True)
class MembershipWays:
    """First ways in which a person is in a group, in words, and the number of further ones."""

    texts: list[str]
    more: int


def ways_of(accounts: list[Account], group: Group) -> dict[int, MembershipWays]:
    """Return the ways of each account, down to the entry, for administrators. Four statements."""
    found = ways_in(accounts, group.id)
    ids = {(Principal.GROUP, key) for ways in found.values() for way in ways for key in way.group_ids}
    names = names_of(ids)
    return {key: _first([_whole(way, names) for way in ways]) for key, ways in found.items()}


def ways_for_members(accounts: list[Account], group: Group) -> dict[int, MembershipWays]:
    """Return the ways of each account as members know them: by the group's own entries. Five statements."""
    found = ways_in(accounts, group.id)
    inner = {way.group_ids[1] for ways in found.values() for way in ways if len(way.group_ids) > 1}
    groups, domains = _names(Group, inner), _names(Domain, {account.domain_id for account in accounts})
    return {
        account.id: _first([_outer(way, account, group, groups, domains) for way in found[account.id]])
        for account in accounts
        if account.id in found
    }


def _first(texts: list[str]) -> MembershipWays:
    texts = list(dict.fromkeys(texts))
    return MembershipWays(texts[:WAYS_SHOWN], max(0, len(texts) - WAYS_SHOWN))


def _whole(way: Way, names: dict) -> str:
    path = " → ".join(readable(names[Principal.GROUP, key]) for key in way.group_ids)
    if way.kind is EntryKind.DOMAIN:
        return _("By the whole domain in %(path)s", path=path)
    return _("By their own entry in %(path)s", path=path)


def _outer(way: Way, account: Account, group: Group, groups: dict, domains: dict) -> str:
    """Return the entry of the group that brings a person in; the contents of inner groups are not revealed."""
    if len(way.group_ids) > 1:
        return _("Through the group %(group)s", group=groups[way.group_ids[1]])
    if way.kind is EntryKind.DOMAIN:
        return _("Through the whole domain %(domain)s", domain=readable(domains[account.domain_id]))
    return _("Member of %(group)s", group=group.name)


def _names(model: Any, ids: Collection[int]) -> dict[int, str]:
    return (
        dict(db.session.execute(select(model.id, model.name).where(model.id.in_(ids))).all()) if ids else {}
    )


@dataclass(frozen=True)
class EntryRow:
    """A member entry as the list shows it. people: number of accounts it stands for."""

    entry: MemberEntry
    people: int

    @property
    def name(self) -> str:
        return self._subject.name

    @property
    def address(self) -> str | None:
        """Return the second line of the entry; None for a domain, whose name says all."""
        return None if isinstance(self._subject, Domain) else self._subject.address

    @property
    def domain_id(self) -> int:
        """Return the entry's domain, whose administrators may follow its link."""
        return self._subject.id if isinstance(self._subject, Domain) else self._subject.domain_id

    @property
    def _subject(self) -> Account | Domain | Group:
        subject = self.entry.account or self.entry.domain or self.entry.inner_group
        # A constraint of the table: an entry names one of the three.
        assert subject is not None
        return subject


def member_list(group: Group, query: ListQuery | None = None) -> Listing:
    """Return a page of a group's entries, the newest first.

    Four statements at most; a search reads no other group's.
    """
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
    return Listing(Page(rows, page.previous, page.next), count_rows(found.with_only_columns(MemberEntry.id)))


def _conditions(group: Group, query: ListQuery) -> list:
    """Return the conditions of a list of entries."""
    clauses = [MemberEntry.group_id == group.id]
    clauses += [MemberEntry.kind == EntryKind(value) for name, value in query.filters if name == "kind"]
    if query.search:
        clauses.append(_is_called(query.search))
    return clauses


def _is_called(search: str) -> ColumnElement[bool]:
    """Return a condition: whoever the entry stands for is called so. Each is looked up by its key."""
    return or_(
        MemberEntry.account.has(names_match(Account, search)),
        MemberEntry.domain.has(matches(search)),
        MemberEntry.inner_group.has(names_match(Group, search)),
    )


def entry_row(group: Group, entry_id: int) -> EntryRow | None:
    """Return one entry of a group."""
    entry = db.session.get(MemberEntry, entry_id)
    if entry is None or entry.group_id != group.id:
        return None
    return EntryRow(entry, _people_behind([entry]).get((entry.kind, entry.principal_id), 1))


def effective_member_count(group: Group) -> int:
    """Return the number of people in a group, each counted once."""
    return group_rules.count_people(group_rules.branches(group.id))


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


def _people_of_groups(group_ids: set[int]) -> Select:
    """Return people of several groups, inner ones included, counted in one statement (columns root, count)."""
    roots = select(Group.id.label("root"), Group.id.label("group_id")).where(Group.id.in_(group_ids))
    tree = roots.cte("roots", recursive=True)
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


def _is_person() -> ColumnElement[bool]:
    return ~Account.is_guest


# Candidates shown at once; a search finds the others.
SHOWN = 30

MODELS: dict[EntryKind, Nameable] = {
    EntryKind.ACCOUNT: Account,
    EntryKind.DOMAIN: Domain,
    EntryKind.GROUP: Group,
}


@dataclass(frozen=True)
class Candidate:
    """A possible member. is_in: is one already. is_circle: contains this group."""

    kind: EntryKind
    id: int
    name: str
    detail: str | None
    is_in: bool = False
    is_circle: bool = False


def member_candidates(
    actor: Account, group: Group | None, kind: EntryKind, search: str = "", domain: Domain | None = None
) -> tuple[list[Candidate], bool]:
    """Return the first candidates of a kind in the actor's scope, and whether there are more. Three statements.

    group: whose members they may become, none where it is about something else. domain: whose accounts are
    looked through; the group's own unless told otherwise.
    """
    within = scope.of_members(actor, group) if group else scope.of_domains(actor)
    accounts_of = domain or (group.domain if group else actor.domain)
    statement = _statement(within, kind, accounts_of, search.strip())
    rows = db.session.scalars(statement.limit(SHOWN + 1)).unique().all()
    there = _there(group, kind, [row.id for row in rows]) if group else set()
    circles = groups.containing_groups(group.id) if group and kind is EntryKind.GROUP else frozenset()
    shown = [_candidate(kind, row, row.id in there, row.id in circles) for row in rows[:SHOWN]]
    return shown, len(rows) > SHOWN


def chosen_candidates(actor: Account, principals: list[tuple[EntryKind, int]]) -> list[Candidate]:
    """Return the chosen candidates in the actor's scope, in their order. Three statements at most."""
    by_key: dict[tuple[EntryKind, int], Candidate] = {}
    for kind, model in MODELS.items():
        ids = [key for chosen_kind, key in principals if chosen_kind is kind]
        if ids:
            statement: Select = select(model).where(model.id.in_(ids), scope.of_domains(actor))
            if not issubclass(model, Domain):
                statement = statement.join(model.domain)
            by_key |= {
                (kind, row.id): _candidate(kind, row, False, False) for row in db.session.scalars(statement)
            }
    return [by_key[principal] for principal in principals if principal in by_key]


def _statement(within: Any, kind: EntryKind, domain: Domain, search: str) -> Select:
    if kind is EntryKind.ACCOUNT:
        return _accounts(domain).where(within, names_match(Account, search))
    if kind is EntryKind.DOMAIN:
        return select(Domain).order_by(Domain.name).where(within, matches(search))
    groups = select(Group).join(Group.domain).options(lazyload(Group.domain))
    return groups.order_by(Group.name, Group.id).where(within, names_match(Group, search))


def _accounts(domain: Domain) -> Select:
    statement = select(Account).join(Account.domain).options(lazyload(Account.domain))
    is_there = (~Account.is_guest, Account.state.not_in(CLOSED))
    return statement.where(Account.domain_id == domain.id, *is_there).order_by(Account.name, Account.id)


def _there(group: Group, kind: EntryKind, ids: list[int]) -> set[int]:
    statement = select(MemberEntry.principal_id).where(
        MemberEntry.group_id == group.id, MemberEntry.kind == kind, MemberEntry.principal_id.in_(ids)
    )
    return set(db.session.scalars(statement)) if ids else set()


def _candidate(kind: EntryKind, row: Row, is_in: bool, is_circle: bool) -> Candidate:
    if kind is EntryKind.DOMAIN:
        return Candidate(kind, row.id, row.name, row.description, is_in)
    return Candidate(kind, row.id, row.name, row.address, is_in, is_circle)
