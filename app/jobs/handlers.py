"""Recurring inspection of the certificate at the public address, which warns before it ends."""

import time
from datetime import timedelta

import structlog
from flask import current_app

from app.integrations import keys
from app.jobs import Requeue, job
from app.operations import (
    audit,
    bulk,
    certificates,
    dashboard,
    domains,
    guests,
    imports,
    rooms,
    search,
    tasks,
)
from app.operations.accounts import passwords
from app.operations.server import maintenance
from app.queries.audit import verify

job("watch_certificate", every=timedelta(hours=1))(certificates.inspect_public_address)
job(certificates.INSPECTION_JOB)(certificates.inspect_public_address)

job("suspend_ended_domains", every=timedelta(minutes=1))(domains.suspend_ended_domains)

job("count_figures", every=timedelta(minutes=1))(dashboard.count_figures)
job("forget_figures", every=timedelta(hours=24))(dashboard.delete_old_figures)

job("end_guest_accounts", every=timedelta(minutes=1))(guests.end_accounts)
job("end_guest_stays", every=timedelta(minutes=1))(guests.end_stays)
job("warn_of_guest_ends", every=timedelta(hours=1))(guests.warn_of_ends)
job("end_unverified_guests", every=timedelta(hours=1))(guests.end_unverified)

job(passwords.PASSWORD_LINK_JOB)(passwords.send_requested_link)

CHAIN = "audit"
log = structlog.get_logger()


@job("seal_trail", every=timedelta(seconds=10))
def seal_audit_log() -> int:
    """Seal new entries in batches. Return their number."""
    var = current_app.config["VAR_DIR"]
    key, total = keys.load_key(var, CHAIN), 0
    while True:
        sealed = audit.seal_entries(key)
        total += sealed.count
        if sealed.count:
            keys.store_head(var, CHAIN, sealed.last_id, sealed.seal)
        if sealed.count < audit.SEAL_BATCH:
            return total


@job("verify_trail", every=timedelta(hours=24))
@job("verify_trail_now")
def verify_audit_log() -> None:
    """Verify the whole chain and store the verdict for the audit log's page. Tampering is logged too."""
    var = current_app.config["VAR_DIR"]
    verdict = verify(keys.load_key(var, CHAIN), keys.load_head(var, CHAIN))
    if verdict.broken_at is not None:
        log.error("the audit log was tampered with", entry=verdict.broken_at)
    audit.store_verdict(verdict.sealed, verdict.waiting, verdict.broken_at)


# Seconds after which other jobs run; the remaining messages are indexed in the next round.
TIME_SLICE = 5.0


@job("index_messages", every=timedelta(seconds=5))
def index_messages() -> int:
    """Index new and changed messages of every room. Return their number."""
    total, end = 0, time.monotonic() + TIME_SLICE
    for room_id in search.waiting_rooms():
        has_more = True
        while has_more and time.monotonic() < end:
            batch = search.index_room(room_id)
            total, has_more = total + batch.count, batch.has_more
    return total


job("end_expired_sessions", every=timedelta(minutes=5))(maintenance.end_expired_sessions)
job("forget_sign_in_failures", every=timedelta(hours=1))(maintenance.delete_old_sign_in_failures)
job("forget_access_changes", every=timedelta(hours=1))(maintenance.delete_old_access_changes)
job("forget_finished_work", every=timedelta(hours=24))(maintenance.delete_finished_work)

bulk.load()

# Seconds, less than the worker's GRACE, so that a stopping worker finishes its slice.
TASK_TIME_SLICE = 0.5


@job(tasks.JOB)
def run_task(task_id: int) -> Requeue | None:
    """Run a slice of a task. The job is queued again until the task is over."""
    return None if tasks.run(task_id, seconds=TASK_TIME_SLICE) else Requeue()


job("forget_tasks", every=timedelta(hours=24))(maintenance.delete_finished_tasks)
job("resume_tasks", every=timedelta(minutes=5))(tasks.resume_tasks)
job("forget_import_files", every=timedelta(hours=6))(imports.forget_files)

# Seconds after which other jobs run.
TRASH_TIME_SLICE = 5.0


@job("empty_trash", every=timedelta(hours=1))
def empty_trash() -> Requeue | None:
    """Purge due rooms in bounded steps. The job is queued again when its time slice is over."""
    end = time.monotonic() + TRASH_TIME_SLICE
    for room_id in rooms.rooms_to_purge():
        while rooms.purge_room(room_id):
            if time.monotonic() > end:
                return Requeue()
    return None
