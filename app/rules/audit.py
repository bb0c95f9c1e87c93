"""Chain of the audit log: each entry is sealed together with the one before, by a key outside of the database."""

import hashlib
import hmac
import json

from app.models import AuditEntry

# What stands before the first entry.
FIRST = bytes(32)

# What of an entry the seal covers: everything but the seal.
SEALED = (
    *("id", "created_at", "act", "actor_id", "actor_name", "object_kind", "object_id", "object_name"),
    *("domain_id", "origin", "request_id", "before", "after"),
)


def seal_of(key: bytes, previous: bytes, entry: AuditEntry) -> bytes:
    """Return the seal of an entry: HMAC-SHA256 over the previous seal and the entry as JSON. 32 bytes."""
    return hmac.digest(key, previous + canonical(entry), hashlib.sha256)


def canonical(entry: AuditEntry) -> bytes:
    """Return an entry as canonical JSON: sorted names, no spaces, moments in UTC to the microsecond."""
    values = {name: getattr(entry, name) for name in SEALED}
    values["created_at"] = entry.created_at.isoformat(timespec="microseconds")
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
