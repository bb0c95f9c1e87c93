"""Seals: each audit entry is chained to the one before, with a key that is not in the database."""

import hashlib
import hmac
import json

from app.models import AuditEntry

FIRST = bytes(32)
"""What stands before the first entry."""

SEALED = (
    *("id", "created_at", "act", "actor_id", "actor_name", "object_kind", "object_id", "object_name"),
    *("domain_id", "origin", "request_id", "before", "after"),
)
"""What of an entry the seal covers: everything but the seal."""


def seal_of(key: bytes, previous: bytes, entry: AuditEntry) -> bytes:
    """The seal of an entry: HMAC-SHA256 over the seal before it and the entry as JSON. 32 bytes."""
    return hmac.digest(key, previous + canonical(entry), hashlib.sha256)


def canonical(entry: AuditEntry) -> bytes:
    """An entry as JSON, the same on every machine: sorted names, no spaces,
    moments in UTC to the microsecond."""
    values = {name: getattr(entry, name) for name in SEALED}
    values["created_at"] = entry.created_at.isoformat(timespec="microseconds")
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
