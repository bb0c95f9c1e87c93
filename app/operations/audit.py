"""The audit log: every administrative act writes an entry in its own transaction."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from itertools import takewhile
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.identity import System, origin
from app.models import Account, AuditEntry, Base, now
from app.operations import jobs
from app.operations.locks import locked_setting, named_lock
from app.rules.audit import FIRST, seal_of
from app.rules.rights import scope
from app.rules.server import settings
from app.rules.server.settings import Setting
from app.transaction import note_audit, operation


def record(
    actor: Account | System | None,
    act: str,
    subject: Base | None = None,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    **about: Any,
) -> AuditEntry:
    """Write an audit entry: the actor did act ("group.create") to subject.

    before and after hold only what changed, and never the content of messages.
    about: any of kind, name, id and domain_id, where the subject is not a stored row.
    """
    entry = AuditEntry(
        act=act,
        actor_id=getattr(actor, "id", None),
        actor_name=getattr(actor, "address", None),
        object_kind=about.get("kind")
        or (type(subject).__name__.lower() if subject is not None else "server"),
        object_id=about.get("id", getattr(subject, "id", None)),
        object_name=about.get("name") or _object_name(subject),
        domain_id=about.get("domain_id", _domain_id(subject)),
        origin=origin().ip,
        request_id=origin().request_id,
        before=_json(before),
        after=_json(after),
    )
    db.session.add(entry)
    note_audit()
    return entry


def changes(subject: Base, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the columns whose values differ from those of the row, as (before, after)."""
    names = [name for name, value in values.items() if getattr(subject, name) != value]
    return {name: getattr(subject, name) for name in names}, {name: values[name] for name in names}


def _object_name(subject: Base | None) -> str | None:
    return getattr(subject, "address", None) or getattr(subject, "name", None)


def _domain_id(subject: Base | None) -> int | None:
    if type(subject).__name__ == "Domain":
        return getattr(subject, "id", None)
    return getattr(subject, "domain_id", None)


def _json(values: dict[str, Any] | None) -> str | None:
    return None if values is None else json.dumps(values, default=_plain_value, ensure_ascii=False)


def _plain_value(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


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
    record(actor, "trail.verify")


@operation(audited=False)
def store_verdict(sealed: int, waiting: int, broken_at: int | None) -> None:
    """Store the result of a verification of the chain, and its time."""
    verdict = {"at": now().isoformat(), "sealed": sealed, "waiting": waiting, "broken_at": broken_at}
    locked_setting(Setting.AUDIT_VERDICT).value = json.dumps(verdict)
    settings.forget()
