"""The trail: every administrative act leaves an entry in the transaction that does it."""

import json
from datetime import datetime
from enum import Enum

from app.extensions import db
from app.identity import origin
from app.models import AuditEntry
from app.transaction import note_audit


def record(actor, act: str, subject=None, *, before: dict | None = None, after: dict | None = None, **about):
    """Leave an entry: actor did act ("group.create") to subject. before and after hold only what changed.

    about may say kind, name, id and domain_id where subject is no longer, or never was, a row.
    Conversations' contents never go in here.
    """
    entry = AuditEntry(
        act=act,
        actor_id=getattr(actor, "id", None),
        actor_name=getattr(actor, "address", None),
        object_kind=about.get("kind")
        or (type(subject).__name__.lower() if subject is not None else "server"),
        object_id=about.get("id", getattr(subject, "id", None)),
        object_name=about.get("name") or _name(subject),
        domain_id=about.get("domain_id", _domain_id(subject)),
        origin=origin().ip,
        request_id=origin().request_id,
        before=_json(before),
        after=_json(after),
    )
    db.session.add(entry)
    note_audit()
    return entry


def changes(subject, wanted: dict) -> tuple[dict, dict]:
    """Which of the wanted values differ from what subject holds, as (before, after)."""
    differing = [name for name, value in wanted.items() if getattr(subject, name) != value]
    return {name: getattr(subject, name) for name in differing}, {name: wanted[name] for name in differing}


def _name(subject) -> str | None:
    return getattr(subject, "address", None) or getattr(subject, "name", None)


def _domain_id(subject) -> int | None:
    if type(subject).__name__ == "Domain":
        return subject.id
    return getattr(subject, "domain_id", None)


def _json(values: dict | None) -> str | None:
    return None if values is None else json.dumps(values, default=_plain, ensure_ascii=False)


def _plain(value):
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)
