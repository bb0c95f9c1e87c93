"""The audit log: every administrative act writes an entry in its own transaction."""

import json
from datetime import datetime
from enum import Enum
from typing import Any

from app.extensions import db
from app.identity import System, origin
from app.models import Account, AuditEntry, Base
from app.transaction import note_audit


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
