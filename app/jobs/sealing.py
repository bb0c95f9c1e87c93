"""Recurring sealing and verification of the audit log. The key is in a file outside of the database."""

from datetime import timedelta

import structlog
from flask import current_app

from app.integrations import keys
from app.jobs import job
from app.operations import seals
from app.queries.seals import verify

CHAIN = "audit"
log = structlog.get_logger()


@job("seal_trail", every=timedelta(seconds=10))
def seal_audit_log() -> int:
    """Seal new entries in batches. Return their number."""
    var = current_app.config["VAR_DIR"]
    key, total = keys.load_key(var, CHAIN), 0
    while True:
        sealed = seals.seal_entries(key)
        total += sealed.count
        if sealed.count:
            keys.store_head(var, CHAIN, sealed.last_id, sealed.seal)
        if sealed.count < seals.SEAL_BATCH:
            return total


@job("verify_trail", every=timedelta(hours=24))
@job("verify_trail_now")
def verify_audit_log() -> None:
    """Verify the whole chain and store the verdict for the audit log's page. Tampering is logged too."""
    var = current_app.config["VAR_DIR"]
    verdict = verify(keys.load_key(var, CHAIN), keys.load_head(var, CHAIN))
    if verdict.broken_at is not None:
        log.error("the audit log was tampered with", entry=verdict.broken_at)
    seals.store_verdict(verdict.sealed, verdict.waiting, verdict.broken_at)
