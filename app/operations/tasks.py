"""Tasks: long work, done row by row, each in a transaction of its own that also notes how far the task is.

A kind of task is registered once, by whoever knows the work:

    tasks.register("accounts.disable", TaskKind(title=_l("Disable accounts"), steps=…, do=…))

    steps(actor, arguments, place, limit)   the next rows behind a place, as Step; an empty list when there are no more
    do(actor, arguments, step)              an operation's work on one row. A Refusal is noted with its sentence as
                                            failed, Unchanged as skipped, and the task goes on with the next row.

`start_task` puts it into the table, for the worker. `run` does some of it at once: what is small is over before the
page comes back, the worker goes on with the rest. However many processes run the same task, or die at it, no row is
done twice: the task's place moves in the transaction that does the row.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeGuard

import structlog
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.errors import Invalid, NotFound, Refusal, Unavailable
from app.extensions import db
from app.i18n import in_language, language_of
from app.identity import SYSTEM
from app.models import Account, Job, Outcome, Task, TaskLine, TaskState, WorkState, now
from app.operations import audit, jobs
from app.queries.tasks import OPEN, find_task
from app.rules.rights import scope
from app.transaction import connection_is_lost, operation, savepoint


@dataclass(frozen=True)
class TaskStep:
    """One row of a task. place: larger than that of every earlier row. line: in the file, else 0."""

    place: int
    name: str
    value: Any = None
    line: int = 0


@dataclass(frozen=True)
class TaskKind:
    """A kind of work. title: for people. is_rehearsal: every row is taken back again, only its refusal stays.

    follow_up(task): what can be done once it is over, as FollowUp or None.
    """

    title: Any
    steps: Callable
    do: Callable
    is_rehearsal: bool = False
    follow_up: Callable = lambda _task: None


@dataclass(frozen=True)
class FollowUp:
    """Next step after a task: label of a button, name of the view it posts to, and the word for "changed".

    is_trial: the task itself has written nothing.
    """

    changed_label: Any
    endpoint: str | None = None
    label: Any = ""
    note: Any = ""
    is_trial: bool = False


class Unchanged(Refusal):
    """A row already is as it shall be."""

    code = "unchanged"


kinds: dict[str, TaskKind] = {}


def register(name: str, kind: TaskKind) -> None:
    """Make a kind of task known by its name."""
    kinds[name] = kind


LOST_RIGHTS = "lost_rights"
# Why a whole task failed, as a word; its page has the sentence.
UNKNOWN_KIND = "unknown_kind"


def end_task(task: Task, state: TaskState, error: str | None = None) -> None:
    """Nothing more will be done."""
    task.state, task.finished_at, task.last_error = state, now(), error


def lock_task(task_id: int) -> Task | None:
    """Return the task as the database has it now, nobody else's until the commit."""
    statement = select(Task).where(Task.id == task_id).with_for_update()
    return db.session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()


def owner_of(task: Task) -> Account | None:
    """Return the account in whose name a task acts; None when it is gone."""
    if task.owner_id is None:
        return SYSTEM
    return db.session.get(Account, task.owner_id, populate_existing=True)


def may_act(owner: Account | None) -> TypeGuard[Account]:
    """Return whether the owner still administers anything."""
    return owner is not None and scope.is_administrator(owner) and getattr(owner, "is_active", True)


JOB = "run_task"
# How long the worker leaves a task to the page that started it.
HEAD_START = timedelta(seconds=5)

KEPT = timedelta(days=30)


@operation
def start_task(
    actor: Account,
    kind: str,
    *,
    total: int,
    subject: str | None = None,
    domain_id: int | None = None,
    file_name: str | None = None,
    **arguments: Any,
) -> Task:
    """Have work done by the worker, in the actor's name and within their scope as it is then.

    total: how many rows there are. subject: what it is about. file_name: of what was uploaded. arguments: plain values.
    """
    if not scope.is_administrator(actor):
        raise NotFound()
    if kind not in kinds:
        raise LookupError(f"no kind of task is called {kind}")
    task = Task(
        kind=kind,
        subject=subject and subject[:320],
        owner_id=actor.id,
        owner_name=actor.address,
        domain_id=domain_id,
        arguments=json.dumps(arguments),
        total_count=total,
        file_name=file_name and file_name[:200],
        expires_at=now() + KEPT,
    )
    db.session.add(task)
    db.session.flush()
    jobs.enqueue(JOB, due_at=now() + HEAD_START, task_id=task.id)
    audit.record(actor, "task.start", **_about(task), after={"kind": kind, "total": total})
    return task


@operation
def cancel_task(actor: Account, task: Task) -> Task:
    """Have a task stop before its next row; what is done stays done. Its owner and server-wide administrators may."""
    locked = lock_task(find_task(actor, task.id).id)
    if locked is None:
        raise NotFound()
    task = locked
    if task.is_over:
        raise Invalid(_("This task is already over."), code="task_over")
    task.is_cancelling = True
    if task.state is TaskState.WAITING:
        end_task(task, TaskState.CANCELLED)
    audit.record(actor, "task.cancel", **_about(task))
    return task


@operation(audited=False)
def resume_tasks() -> int:
    """Give a job back to tasks that are not over and have none: theirs was given up. Returns how many."""
    waiting = set(
        db.session.scalars(select(Job.arguments).where(Job.kind == JOB, Job.state == WorkState.WAITING))
    )
    open_ids = db.session.scalars(select(Task.id).where(Task.state.in_(OPEN))).all()
    lost = [key for key in open_ids if json.dumps({"task_id": key}) not in waiting]
    for key in lost:
        jobs.enqueue(JOB, task_id=key)
    return len(lost)


def _about(task: Task) -> dict:
    """Return what an audit entry says of a task."""
    name = task.subject or task.kind
    return {"kind": "task", "id": task.id, "name": name, "domain_id": task.domain_id}


log = structlog.get_logger()

STEPS_AT_ONCE = 100
# Rows whose reason is kept; of more than that only the number is.
LINES_AT_MOST = 10_000


def run(task_id: int, *, seconds: float) -> bool:
    """Do a task's next rows, for so long at most. Gives whether the task is over."""
    until = time.monotonic() + seconds
    task = _begin(task_id)
    while task is not None and not task.is_over:
        try:
            steps = _next_steps(task)
        except Invalid as refusal:
            _give_up(task.id, refusal.code)
            return True
        if not steps:
            _finish(task.id)
            return True
        for step in steps:
            if not _do(task, step):
                return True
            if time.monotonic() > until:
                return False
    return True


def _next_steps(task: Task) -> list[TaskStep]:
    owner = owner_of(task)
    if not may_act(owner):
        return []
    return kinds[task.kind].steps(owner, json.loads(task.arguments), task.place, STEPS_AT_ONCE)


def _do(task: Task, step: TaskStep) -> bool:
    """Do one row; the task goes on whatever its result. Return whether there may be more."""
    task_id = task.id
    try:
        return take_step(task_id, step)
    except Unavailable:
        raise
    except Exception as error:
        if isinstance(error, DBAPIError) and connection_is_lost(error):
            raise
        log.exception("a row of a task failed", task_id=task_id, place=step.place)
        return _note_failure(task_id, step)


@operation(audited=False)
def _begin(task_id: int) -> Task | None:
    task = lock_task(task_id)
    if task is None or task.is_over:
        return task
    if not may_act(owner_of(task)):
        end_task(task, TaskState.FAILED, LOST_RIGHTS)
    elif task.kind not in kinds:
        end_task(task, TaskState.FAILED, UNKNOWN_KIND)
    elif task.state is TaskState.WAITING:
        task.state, task.started_at = TaskState.RUNNING, now()
    return task


@operation(audited=False)
def take_step(task_id: int, step: TaskStep) -> bool:
    """Return one row and the task's place, together or not at all."""
    task = lock_task(task_id)
    if task is None or task.is_over:
        return False
    owner = owner_of(task)
    if not may_act(owner) or task.is_cancelling:
        _stop(task)
        return False
    if task.place < step.place:
        with in_language(language_of(owner)):
            _note(task, step, *_outcome(owner, task, step))
    return True


def _outcome(owner: Account, task: Task, step: TaskStep) -> tuple[Outcome, str | None]:
    kind, arguments = kinds[task.kind], json.loads(task.arguments)
    try:
        with savepoint(is_rehearsal=kind.is_rehearsal):
            kind.do(owner, arguments, step)
    except Unavailable:
        raise
    except Unchanged as reason:
        return Outcome.SKIPPED, str(reason)
    except Refusal as refusal:
        return Outcome.FAILED, str(refusal)
    return Outcome.CHANGED, None


def _note(task: Task, step: TaskStep, outcome: Outcome, sentence: str | None) -> None:
    task.place, task.done_count = step.place, task.done_count + 1
    column = f"{outcome}_count"
    setattr(task, column, getattr(task, column) + 1)
    if sentence and task.skipped_count + task.failed_count <= LINES_AT_MOST:
        line = TaskLine(task_id=task.id, line=step.line, name=step.name[:320], outcome=outcome)
        line.sentence = sentence
        db.session.add(line)


@operation(audited=False)
def _note_failure(task_id: int, step: TaskStep) -> bool:
    """Return a row that came to nothing for a reason nobody foresaw. The log knows more."""
    task = lock_task(task_id)
    if task is None or task.is_over:
        return False
    if task.place < step.place:
        with in_language(language_of(owner_of(task))):
            _note(
                task, step, Outcome.FAILED, _("Something went wrong on the server. Nothing was changed here.")
            )
    return True


@operation(audited=False)
def _finish(task_id: int) -> None:
    task = lock_task(task_id)
    if task is not None and not task.is_over:
        end_task(task, TaskState.CANCELLED if task.is_cancelling else TaskState.DONE)


@operation(audited=False)
def _give_up(task_id: int, why: str) -> None:
    """There are no rows to be had: what the task works on is gone."""
    task = lock_task(task_id)
    if task is not None and not task.is_over:
        end_task(task, TaskState.FAILED, why)


def _stop(task: Task) -> None:
    """Stop before the next row if the task was cancelled or its owner administers nothing any more."""
    if task.is_cancelling:
        end_task(task, TaskState.CANCELLED)
    else:
        end_task(task, TaskState.FAILED, LOST_RIGHTS)
