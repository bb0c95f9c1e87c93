"""Audit log: search and export within an administrator's scope."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.extensions import db
from app.models import Account, AuditEntry, Domain, Group, Room
from app.queries.paging import Page, keyset
from app.queries.trail import Entry, entry_of
from app.rules import addresses, guests, scope

# Entries that an export reads at once.
BATCH = 1000

# What accounts of guests are looked for and shown as; the trail calls them accounts.
GUEST = "guest"

# Entries are numbered in the order of their moments, but for clocks that differ and slow transactions.
SKEW = timedelta(hours=1)


@dataclass(frozen=True)
class Search:
    """Search of the audit log. person, thing: an address or name, or its beginning. until: exclusive."""

    act: str = ""
    kind: str = ""
    object_id: int | None = None
    person: str = ""
    thing: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows it: an empty list then means "nothing found"."""
        return self != Search()


def page_of(actor, search: Search, cursor: str | None = None) -> Page:
    """Return a page of the audit log within the actor's scope, the latest entry first.

    Five statements at most.
    """
    page = keyset(_found(actor, search), (AuditEntry.id,), cursor=cursor, descending=True)
    return Page(_entries(row[0] for row in page.rows), page.previous, page.next)


def every(actor, search: Search) -> Iterator[Entry]:
    """All that is found, the latest first, a batch in memory at a time."""
    statement, last_id = _found(actor, search), None
    while True:
        more = statement if last_id is None else statement.where(AuditEntry.id < last_id)
        rows = db.session.scalars(more.order_by(AuditEntry.id.desc()).limit(BATCH)).all()
        entries = _entries(rows)
        db.session.expunge_all()
        yield from entries
        if len(entries) < BATCH:
            return
        last_id = entries[-1].id


def existing(actor, entries: list[Entry]) -> set[tuple[str, int]]:
    """Which of the objects that entries speak of can still be looked at, as (kind, id). One statement a kind."""
    present = set()
    for kind, (model, statement) in _present(actor).items():
        ids = {entry.object_id for entry in entries if entry.object_kind == kind and entry.object_id}
        if ids:
            present |= {(kind, row_id) for row_id in db.session.scalars(statement.where(model.id.in_(ids)))}
    return present


def _entries(rows: Iterable[AuditEntry]) -> list[Entry]:
    """Return rows as entries. Guests, whom the log stores as accounts, are shown as guests, deleted or not.

    One further statement where accounts are concerned.
    """
    entries = [entry_of(row) for row in rows]
    ids = {entry.object_id for entry in entries if entry.object_kind == "account" and entry.object_id}
    if not ids:
        return entries
    are_guests = set(db.session.scalars(select(Account.id).where(Account.id.in_(ids), Account.is_guest)))
    return [
        replace(entry, object_kind=GUEST)
        if entry.object_kind == "account" and entry.object_id in are_guests
        else entry
        for entry in entries
    ]


def _present(actor) -> dict[str, tuple]:
    """Return what the actor may see, by kind: the model, and a statement of its ids."""
    own_domains = scope.of_domains(actor)
    accounts = select(Account.id).join(Account.domain).where(own_domains, ~Account.is_guest)
    rooms = select(Room.id).join(Group, Group.id == Room.group_id).join(Group.domain).where(own_domains)
    return {
        "domain": (Domain, select(Domain.id).where(own_domains)),
        "account": (Account, accounts),
        GUEST: (Account, select(Account.id).where(guests.of_guests(actor))),
        "group": (Group, select(Group.id).join(Group.domain).where(own_domains)),
        "room": (Room, rooms),
    }


def _found(actor, search: Search):
    statement = select(AuditEntry)
    if not scope.is_server_wide(actor):
        ids = db.session.scalars(select(Domain.id).where(scope.of_domains(actor))).all()
        statement = statement.where(AuditEntry.domain_id.in_(ids))
    if search.act:
        statement = statement.where(AuditEntry.act == search.act)
    if search.kind == GUEST:
        is_guest = select(Account.id).where(Account.id == AuditEntry.object_id, Account.is_guest).exists()
        statement = statement.where(AuditEntry.object_kind == "account", is_guest)
    elif search.kind:
        statement = statement.where(AuditEntry.object_kind == search.kind)
    if search.object_id is not None:
        statement = statement.where(AuditEntry.object_id == search.object_id)
    if search.person:
        statement = statement.where(_begins(AuditEntry.actor_name, search.person))
    if search.thing:
        statement = statement.where(_begins(AuditEntry.object_name, search.thing))
    return _between(statement, search.since, search.until)


def _begins(column, text: str):
    """Return a whole address is looked for as it is; what is shorter may go on."""
    address = addresses.normalise(text)
    return column == address if "@" in text else column.startswith(address, autoescape=True)


def _between(statement, since: datetime | None, until: datetime | None):
    """Restrict a statement to a period.

    Moments become ids first, since every index of the log ends with the id.
    """
    if since is not None:
        first = select(AuditEntry.id).where(AuditEntry.created_at >= since - SKEW)
        first = db.session.scalar(first.order_by(AuditEntry.created_at, AuditEntry.id).limit(1))
        statement = statement.where(AuditEntry.id >= _within(first, -1), AuditEntry.created_at >= since)
    if until is not None:
        last = select(AuditEntry.id).where(AuditEntry.created_at < until + SKEW)
        last = db.session.scalar(last.order_by(AuditEntry.created_at.desc(), AuditEntry.id.desc()).limit(1))
        statement = statement.where(AuditEntry.id <= _within(last, 1), AuditEntry.created_at < until)
    return statement


def _within(entry_id: int | None, side: int) -> int:
    """Return the number to begin or end with; beyond all of them where no entry is that new, or that old."""
    if entry_id is not None:
        return entry_id
    return (db.session.scalar(select(func.max(AuditEntry.id))) or 0) + 1 if side < 0 else 0
