"""Audit entries of one object."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.extensions import db
from app.models import AuditEntry
from app.queries.paging import Page, keyset


@dataclass(frozen=True)
class Change:
    """One value that an act has changed. What was not there, or is no more, is None."""

    name: str
    before: object
    after: object


@dataclass(frozen=True)
class Entry:
    """An audit entry: who acted on what, when, from where, and what changed.

    id: its number in the log. is_sealed: tampering with it would be noticed.
    """

    act: str
    actor_name: str | None
    created_at: datetime
    origin: str | None
    changes: tuple[Change, ...]
    id: int = 0
    object_kind: str = ""
    object_id: int | None = None
    object_name: str | None = None
    request_id: str | None = None
    is_sealed: bool = False


def history(kind: str, object_id: int, cursor: str | None = None) -> Page:
    """Return a page of what was done to an object, the latest first. One statement."""
    statement = select(AuditEntry).where(AuditEntry.object_kind == kind, AuditEntry.object_id == object_id)
    page = keyset(statement, (AuditEntry.id,), cursor=cursor, descending=True, size=25)
    return Page([entry_of(row[0]) for row in page.rows], page.previous, page.next)


def last_change(kind: str, object_id: int) -> Entry | None:
    """Return the latest entry about an object."""
    statement = select(AuditEntry).where(AuditEntry.object_kind == kind, AuditEntry.object_id == object_id)
    row = db.session.scalars(statement.order_by(AuditEntry.id.desc()).limit(1)).first()
    return entry_of(row) if row is not None else None


def entry_of(row: AuditEntry) -> Entry:
    """Return a row of the log as an entry."""
    before, after = (json.loads(side or "{}") for side in (row.before, row.after))
    names = dict.fromkeys([*before, *after])
    return Entry(
        act=row.act,
        actor_name=row.actor_name,
        created_at=row.created_at,
        origin=row.origin,
        changes=tuple(Change(name, before.get(name), after.get(name)) for name in names),
        id=row.id,
        object_kind=row.object_kind,
        object_id=row.object_id,
        object_name=row.object_name,
        request_id=row.request_id,
        is_sealed=row.seal is not None,
    )
