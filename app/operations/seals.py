"""Sealing of audit entries in batches, after the transactions that wrote them."""

import json
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile

from sqlalchemy import select

from app.extensions import db
from app.models import Account, AuditEntry, now
from app.operations import audit, jobs
from app.operations.locks import locked_setting, named_lock
from app.queries import settings
from app.queries.settings import Setting
from app.rules import scope
from app.rules.seals import FIRST, seal_of
from app.transaction import operation

SEAL_BATCH = 500

# Age at which an entry is sealed: by then every entry with a smaller number has been written, or never will be.
SETTLED_AFTER = timedelta(seconds=10)


@dataclass(frozen=True)
class SealedBatch:
    """Number of entries that a batch has sealed, and the end of the chain; last_id is 0 before it has begun."""

    count: int
    last_id: int
    seal: bytes


@operation(audited=False)
def seal_entries(key: bytes) -> SealedBatch:
    """Chain the next entries to the last sealed one."""
    named_lock("seal")
    last_id, seal = _end_of_chain()
    # The locking read waits for entries that another transaction has not committed yet: the chain never skips one.
    unsealed = select(AuditEntry).where(AuditEntry.id > last_id).order_by(AuditEntry.id).limit(SEAL_BATCH)
    entries = db.session.scalars(unsealed.with_for_update()).all()
    settled = list(takewhile(lambda entry: entry.created_at < now() - SETTLED_AFTER, entries))
    for entry in settled:
        entry.seal = seal = seal_of(key, seal, entry)
        last_id = entry.id
    return SealedBatch(len(settled), last_id, seal)


def _end_of_chain() -> tuple[int, bytes]:
    statement = (
        select(AuditEntry.id, AuditEntry.seal)
        .where(AuditEntry.seal.is_not(None))
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    row = db.session.execute(statement).one_or_none()
    return (row.id, row.seal) if row is not None else (0, FIRST)


@operation
def request_verification(actor: Account) -> None:
    """Have the worker verify the whole chain. Server and web administrators only."""
    scope.require_server_wide(actor)
    jobs.enqueue("verify_trail_now")
    audit.record(actor, "trail.verify")


@operation(audited=False)
def store_verdict(sealed: int, waiting: int, broken_at: int | None) -> None:
    """Store the result of a verification of the chain, and its time."""
    verdict = {"at": now().isoformat(), "sealed": sealed, "waiting": waiting, "broken_at": broken_at}
    locked_setting(Setting.TRAIL_VERDICT).value = json.dumps(verdict)
    settings.forget()
