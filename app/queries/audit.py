"""Audit entries of one object."""

import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app.extensions import db
from app.models import Account, AuditEntry, Domain, Group, Room
from app.queries.paging import Page, keyset
from app.rules.accounts import addresses
from app.rules.audit import FIRST, seal_of
from app.rules.guests import policy
from app.rules.rights import scope
from app.rules.server import settings
from app.rules.server.settings import Setting


@dataclass(frozen=True)
class ValueChange:
    """One value that an act has changed. What was not there, or is no more, is None."""

    name: str
    before: object
    after: object


@dataclass(frozen=True)
class AuditRecord:
    """An audit entry: who acted on what, when, from where, and what changed.

    id: its number in the log. is_sealed: tampering with it would be noticed.
    """

    act: str
    actor_name: str | None
    created_at: datetime
    origin: str | None
    changes: tuple[ValueChange, ...]
    id: int = 0
    object_kind: str = ""
    object_id: int | None = None
    object_name: str | None = None
    request_id: str | None = None
    is_sealed: bool = False


def object_entries(kind: str, object_id: int, cursor: str | None = None) -> Page:
    """Return a page of what was done to an object, the latest first. One statement."""
    statement = select(AuditEntry).where(AuditEntry.object_kind == kind, AuditEntry.object_id == object_id)
    page = keyset(statement, (AuditEntry.id,), cursor=cursor, descending=True, size=25)
    return Page([record_of(row[0]) for row in page.rows], page.previous, page.next)


def last_change(kind: str, object_id: int) -> AuditRecord | None:
    """Return the latest entry about an object."""
    statement = select(AuditEntry).where(AuditEntry.object_kind == kind, AuditEntry.object_id == object_id)
    row = db.session.scalars(statement.order_by(AuditEntry.id.desc()).limit(1)).first()
    return record_of(row) if row is not None else None


def record_of(row: AuditEntry) -> AuditRecord:
    """Return a row of the log as an entry."""
    before, after = (json.loads(side or "{}") for side in (row.before, row.after))
    names = dict.fromkeys([*before, *after])
    return AuditRecord(
        act=row.act,
        actor_name=row.actor_name,
        created_at=row.created_at,
        origin=row.origin,
        changes=tuple(ValueChange(name, before.get(name), after.get(name)) for name in names),
        id=row.id,
        object_kind=row.object_kind,
        object_id=row.object_id,
        object_name=row.object_name,
        request_id=row.request_id,
        is_sealed=row.seal is not None,
    )


# Entries that an export reads at once.
BATCH = 1000

# What accounts of guests are looked for and shown as; the audit log calls them accounts.
GUEST = "guest"

# Entries are numbered in the order of their moments, but for clocks that differ and slow transactions.
SKEW = timedelta(hours=1)


@dataclass(frozen=True)
class AuditSearch:
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
        """Return whether the search narrows the log: an empty result then means that nothing matches."""
        return self != AuditSearch()


def audit_page(actor: Account, search: AuditSearch, cursor: str | None = None) -> Page:
    """Return a page of the audit log within the actor's scope, the latest entry first.

    Five statements at most.
    """
    page = keyset(_found(actor, search), (AuditEntry.id,), cursor=cursor, descending=True)
    return Page(_entries(row[0] for row in page.rows), page.previous, page.next)


def every_entry(actor: Account, search: AuditSearch) -> Iterator[AuditRecord]:
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


def existing(actor: Account, entries: list[AuditRecord]) -> set[tuple[str, int]]:
    """Return the objects of entries that still exist and may be seen, as (kind, id). One statement a kind."""
    present = set()
    for kind, (model, statement) in _present(actor).items():
        ids = {entry.object_id for entry in entries if entry.object_kind == kind and entry.object_id}
        if ids:
            present |= {(kind, row_id) for row_id in db.session.scalars(statement.where(model.id.in_(ids)))}
    return present


def _entries(rows: Iterable[AuditEntry]) -> list[AuditRecord]:
    """Return rows as entries. Guests, whom the log stores as accounts, are shown as guests, deleted or not.

    One further statement where accounts are concerned.
    """
    entries = [record_of(row) for row in rows]
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


def _present(actor: Account) -> dict[str, tuple]:
    """Return what the actor may see, by kind: the model, and a statement of its ids."""
    own_domains = scope.of_domains(actor)
    accounts = select(Account.id).join(Account.domain).where(own_domains, ~Account.is_guest)
    rooms = select(Room.id).join(Group, Group.id == Room.group_id).join(Group.domain).where(own_domains)
    return {
        "domain": (Domain, select(Domain.id).where(own_domains)),
        "account": (Account, accounts),
        GUEST: (Account, select(Account.id).where(policy.of_guests(actor))),
        "group": (Group, select(Group.id).join(Group.domain).where(own_domains)),
        "room": (Room, rooms),
    }


def _found(actor: Account, search: AuditSearch) -> Select:
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


def _begins(column: Any, text: str) -> ColumnElement[bool]:
    """Return a condition: a column begins with a text. A whole address is compared as it is."""
    address = addresses.normalise(text)
    return column == address if "@" in text else column.startswith(address, autoescape=True)


def _between(statement: Select, since: datetime | None, until: datetime | None) -> Select:
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


VERIFY_BATCH = 1000


@dataclass(frozen=True)
class ChainState:
    """State of the audit chain as its page shows it.

    at: last verification, None before; unsealed: entries without a seal yet; sealed, broken_at: result of
    that verification.
    """

    unsealed: int
    at: datetime | None = None
    sealed: int = 0
    broken_at: int | None = None


@dataclass(frozen=True)
class ChainVerdict:
    """Result of a verification.

    sealed, waiting: numbers of entries. broken_at: the first entry that does not fit, else None.
    """

    sealed: int
    waiting: int
    broken_at: int | None = None


def verify(key: bytes, head: tuple[int, bytes] | None) -> ChainVerdict:
    """Compute the chain again, from the first entry on. head: where it ended when it was last sealed.

    A changed or removed entry breaks the chain at itself or at the one after it; entries cut off from its end
    are missed because of head.
    """
    sealed, waiting, seal = 0, 0, FIRST
    is_head_seen = head is None
    for entry in _seals_entries():
        if entry.seal is None:
            waiting += 1
            continue
        seal = seal_of(key, seal, entry)
        if waiting or not hmac.compare_digest(seal, entry.seal):
            return ChainVerdict(sealed, waiting, entry.id)
        sealed += 1
        is_head_seen = is_head_seen or (entry.id, entry.seal) == head
    return ChainVerdict(sealed, waiting, None if is_head_seen or head is None else head[0])


def chain() -> ChainState:
    """Return the state of the chain without computing it. Three statements."""
    last = select(AuditEntry.id).where(AuditEntry.seal.is_not(None)).order_by(AuditEntry.id.desc()).limit(1)
    beyond = AuditEntry.id > (db.session.scalar(last) or 0)
    unsealed = db.session.scalar(select(func.count(AuditEntry.id)).where(beyond)) or 0
    kept = json.loads(settings.get(Setting.AUDIT_VERDICT) or "{}")
    if not kept:
        return ChainState(unsealed)
    return ChainState(unsealed, datetime.fromisoformat(kept["at"]), kept["sealed"], kept["broken_at"])


def _seals_entries() -> Iterator[AuditEntry]:
    """Every entry in order, a batch in memory at a time."""
    last_id = 0
    while True:
        statement = (
            select(AuditEntry).where(AuditEntry.id > last_id).order_by(AuditEntry.id).limit(VERIFY_BATCH)
        )
        batch = db.session.scalars(statement).all()
        yield from batch
        if len(batch) < VERIFY_BATCH:
            return
        last_id = batch[-1].id
        db.session.expunge_all()
