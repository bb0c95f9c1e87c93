"""Queue of jobs and mails: rows taken on a lease by one worker at a time, finished, or tried again later.

A worker that dies lets its lease run out, and the work is taken again: every job must bear being done twice.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import or_, select

from app.extensions import db
from app.models import Job, MailFailure, OutgoingMail, WorkState, now
from app.operations.locks import named_lock
from app.transaction import operation

LEASE = timedelta(minutes=5)
ATTEMPTS = 10
FIRST_DELAY = timedelta(seconds=15)
# Retries wait 15 s, 30 s, one minute … at most six hours: ten attempts reach over a bit more than four
# hours.
LONGEST_DELAY = timedelta(hours=6)

# Characters of an error that are kept.
ERROR_LENGTH = 2000


@dataclass(frozen=True)
class LeasedWork:
    """A piece of work that this process holds. model: the kind of its row."""

    model: type[Job] | type[OutgoingMail]
    id: int
    name: str
    arguments: dict
    attempt: int
    recipient: str | None = None
    language: str | None = None


@operation(audited=False)
def enqueue(kind: str, *, due_at: datetime | None = None, **arguments: Any) -> Job:
    """Have a job done by the worker, not before due_at. arguments: plain values."""
    job = Job(kind=kind, arguments=json.dumps(arguments), due_at=due_at or now())
    db.session.add(job)
    return job


@operation(audited=False)
def keep_going(kinds: list[str]) -> None:
    """Make sure that each of these recurring jobs is in the table once."""
    named_lock("jobs")
    present = set(db.session.scalars(select(Job.kind).where(Job.state == WorkState.WAITING)))
    for kind in kinds:
        if kind not in present:
            enqueue(kind)


def take_job() -> LeasedWork | None:
    """Return the next job that is due, on a lease."""
    return _take(Job)


def take_mail() -> LeasedWork | None:
    """Return the next mail that is due, on a lease."""
    return _take(OutgoingMail)


@operation(audited=False)
def finish(taken: LeasedWork) -> None:
    """Say that a piece of work is done."""
    row = _held(taken)
    row.state, row.finished_at, row.leased_until, row.last_error = WorkState.DONE, now(), None, None
    if isinstance(row, OutgoingMail):
        row.failure = None


@operation(audited=False)
def repeat(taken: LeasedWork, every: timedelta) -> None:
    """Say that a recurring job is done for now; the same row comes up again."""
    row = _held(taken)
    row.finished_at, row.leased_until, row.last_error = now(), None, None
    row.attempts, row.due_at = 0, now() + every


@operation(audited=False)
def try_again(taken: LeasedWork, error: Exception, *, is_recurring: bool = False) -> None:
    """Postpone a job that failed; give it up after ten attempts."""
    row = _held(taken)
    row.leased_until, row.last_error = None, f"{type(error).__name__}: {error}"[:ERROR_LENGTH]
    if taken.attempt >= ATTEMPTS and not is_recurring:
        row.state, row.finished_at = WorkState.FAILED, now()
    else:
        row.due_at = now() + _delay(taken.attempt)


@operation(audited=False)
def put_mail_back(taken: LeasedWork, failure: MailFailure, answer: str, *, is_permanent: bool) -> None:
    """Postpone a mail that did not leave, unless the server refused it for good.

    answer: the server's words, for administrators.
    """
    row = _held_mail(taken)
    row.leased_until, row.failure, row.last_error = None, failure, answer[:ERROR_LENGTH]
    if is_permanent or taken.attempt >= ATTEMPTS:
        row.state, row.finished_at = WorkState.FAILED, now()
    else:
        row.due_at = now() + _delay(taken.attempt)


@operation(audited=False)
def drop_mail(taken: LeasedWork) -> None:
    """Say that a mail need not leave any more: what it speaks of is gone."""
    row = _held_mail(taken)
    row.state, row.finished_at, row.leased_until = WorkState.CANCELLED, now(), None
    row.failure, row.last_error = None, None


@operation(audited=False)
def _take(model: type[Job] | type[OutgoingMail]) -> LeasedWork | None:
    """Lease the next row that is due, skipping rows that another worker is leasing."""
    due = (
        select(model)
        .where(model.state == WorkState.WAITING, model.due_at <= now())
        .where(or_(model.leased_until.is_(None), model.leased_until < now()))
        .order_by(model.due_at, model.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = cast("Job | OutgoingMail | None", db.session.scalars(due).one_or_none())
    if row is None:
        return None
    row.attempts += 1
    row.leased_until = now() + LEASE
    return _taken(row)


def _taken(row: Job | OutgoingMail) -> LeasedWork:
    return LeasedWork(
        model=type(row),
        id=row.id,
        name=row.kind if isinstance(row, Job) else row.template,
        arguments=json.loads(row.arguments),
        attempt=row.attempts,
        recipient=getattr(row, "recipient", None),
        language=getattr(row, "language", None),
    )


def _held(taken: LeasedWork) -> Job | OutgoingMail:
    row = db.session.get_one(taken.model, taken.id, with_for_update=True)
    return cast("Job | OutgoingMail", row)


def _held_mail(taken: LeasedWork) -> OutgoingMail:
    return db.session.get_one(OutgoingMail, taken.id, with_for_update=True)


def _delay(attempt: int) -> timedelta:
    return min(FIRST_DELAY * 2 ** min(attempt - 1, 20), LONGEST_DELAY)
