"""Verification of the audit log's chain."""

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.extensions import db
from app.models import AuditEntry
from app.queries import settings
from app.queries.settings import Setting
from app.rules.seals import FIRST, seal_of

BATCH = 1000


@dataclass(frozen=True)
class Chain:
    """State of the audit chain as its page shows it.

    at: last verification, None before; unsealed: entries without a seal yet; sealed, broken_at: result of
    that verification.
    """

    unsealed: int
    at: datetime | None = None
    sealed: int = 0
    broken_at: int | None = None


@dataclass(frozen=True)
class Verdict:
    """Result of a verification.

    sealed, waiting: numbers of entries. broken_at: the first entry that does not fit, else None.
    """

    sealed: int
    waiting: int
    broken_at: int | None = None


def verify(key: bytes, head: tuple[int, bytes] | None) -> Verdict:
    """Compute the chain again, from the first entry on. head: where it ended when it was last sealed.

    A changed or removed entry breaks the chain at itself or at the one after it; entries cut off from its end
    are missed because of head.
    """
    sealed, waiting, seal = 0, 0, FIRST
    is_head_seen = head is None
    for entry in _entries():
        if entry.seal is None:
            waiting += 1
            continue
        seal = seal_of(key, seal, entry)
        if waiting or not hmac.compare_digest(seal, entry.seal):
            return Verdict(sealed, waiting, entry.id)
        sealed += 1
        is_head_seen = is_head_seen or (entry.id, entry.seal) == head
    return Verdict(sealed, waiting, None if is_head_seen else head[0])


def chain() -> Chain:
    """Return the state of the chain without computing it. Three statements."""
    last = select(AuditEntry.id).where(AuditEntry.seal.is_not(None)).order_by(AuditEntry.id.desc()).limit(1)
    beyond = AuditEntry.id > (db.session.scalar(last) or 0)
    unsealed = db.session.scalar(select(func.count(AuditEntry.id)).where(beyond))
    kept = json.loads(settings.get(Setting.TRAIL_VERDICT) or "{}")
    if not kept:
        return Chain(unsealed)
    return Chain(unsealed, datetime.fromisoformat(kept["at"]), kept["sealed"], kept["broken_at"])


def _entries() -> Iterator[AuditEntry]:
    """Every entry in order, a batch in memory at a time."""
    last_id = 0
    while True:
        statement = select(AuditEntry).where(AuditEntry.id > last_id).order_by(AuditEntry.id).limit(BATCH)
        batch = db.session.scalars(statement).all()
        yield from batch
        if len(batch) < BATCH:
            return
        last_id = batch[-1].id
        db.session.expunge_all()
