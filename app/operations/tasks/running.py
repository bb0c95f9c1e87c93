"""Tasks are done: the next rows, one transaction each."""

import json
import time

import structlog
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError

from app.errors import Invalid, Refusal, Unavailable
from app.extensions import db
from app.i18n import in_language, language_of
from app.models import Outcome, Task, TaskLine, TaskState, now
from app.operations.tasks.kinds import Step, Unchanged, kinds
from app.operations.tasks.rows import LOST_RIGHTS, UNKNOWN_KIND, end, locked, may_act, owner_of
from app.transaction import connection_is_lost, operation, savepoint

log = structlog.get_logger()

STEPS_AT_ONCE = 100
LINES_AT_MOST = 10_000
"""Rows whose reason is kept; of more than that only the number is."""


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


def _next_steps(task: Task) -> list[Step]:
    owner = owner_of(task)
    if not may_act(owner):
        return []
    return kinds[task.kind].steps(owner, json.loads(task.arguments), task.place, STEPS_AT_ONCE)


def _do(task: Task, step: Step) -> bool:
    """Do one row; whatever comes of it, the task goes on. Gives whether there may be more to do."""
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
    task = locked(task_id)
    if task is None or task.is_over:
        return task
    if not may_act(owner_of(task)):
        end(task, TaskState.FAILED, LOST_RIGHTS)
    elif task.kind not in kinds:
        end(task, TaskState.FAILED, UNKNOWN_KIND)
    elif task.state is TaskState.WAITING:
        task.state, task.started_at = TaskState.RUNNING, now()
    return task


@operation(audited=False)
def take_step(task_id: int, step: Step) -> bool:
    """One row and the task's place, together or not at all."""
    task = locked(task_id)
    if task is None or task.is_over:
        return False
    owner = owner_of(task)
    if task.is_cancelling or not may_act(owner):
        _stop(task)
        return False
    if task.place < step.place:
        with in_language(language_of(owner)):
            _note(task, step, *_outcome(owner, task, step))
    return True


def _outcome(owner, task: Task, step: Step) -> tuple[Outcome, str | None]:
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


def _note(task: Task, step: Step, outcome: Outcome, sentence: str | None) -> None:
    task.place, task.done_count = step.place, task.done_count + 1
    column = f"{outcome}_count"
    setattr(task, column, getattr(task, column) + 1)
    if sentence and task.skipped_count + task.failed_count <= LINES_AT_MOST:
        line = TaskLine(task_id=task.id, line=step.line, name=step.name[:320], outcome=outcome)
        line.sentence = sentence
        db.session.add(line)


@operation(audited=False)
def _note_failure(task_id: int, step: Step) -> bool:
    """A row that came to nothing for a reason nobody foresaw. The log knows more."""
    task = locked(task_id)
    if task is None or task.is_over:
        return False
    if task.place < step.place:
        with in_language(language_of(owner_of(task))):
            _note(task, step, Outcome.FAILED, _("Something went wrong on the server. This row is unchanged."))
    return True


@operation(audited=False)
def _finish(task_id: int) -> None:
    task = locked(task_id)
    if task is not None and not task.is_over:
        end(task, TaskState.CANCELLED if task.is_cancelling else TaskState.DONE)


@operation(audited=False)
def _give_up(task_id: int, why: str) -> None:
    """There are no rows to be had: what the task works on is gone."""
    task = locked(task_id)
    if task is not None and not task.is_over:
        end(task, TaskState.FAILED, why)


def _stop(task: Task) -> None:
    """Before the next row: somebody has cancelled it, or its owner administers nothing any more."""
    if task.is_cancelling:
        end(task, TaskState.CANCELLED)
    else:
        end(task, TaskState.FAILED, LOST_RIGHTS)
