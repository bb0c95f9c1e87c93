"""Tasks are asked for, stopped, and found again."""

import json
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import Job, Task, TaskState, WorkState, now
from app.operations import audit, jobs
from app.operations.tasks.kinds import kinds
from app.operations.tasks.rows import end, locked
from app.queries import tasks as questions
from app.rules import scope
from app.transaction import operation

JOB = "run_task"
HEAD_START = timedelta(seconds=5)
"""How long the worker leaves a task to the page that started it."""

KEPT = timedelta(days=30)


@operation
def start_task(
    actor,
    kind: str,
    *,
    total: int,
    subject: str | None = None,
    domain_id: int | None = None,
    file_name: str | None = None,
    **arguments,
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
def cancel_task(actor, task: Task) -> Task:
    """Have a task stop before its next row; what is done stays done. Its owner and server-wide administrators may."""
    task = questions.find_task(actor, task.id)
    task = locked(task.id)
    if task.is_over:
        raise Invalid(_("This task is over already."), code="task_over")
    task.is_cancelling = True
    if task.state is TaskState.WAITING:
        end(task, TaskState.CANCELLED)
    audit.record(actor, "task.cancel", **_about(task))
    return task


@operation(audited=False)
def resume_tasks() -> int:
    """Give a job back to tasks that are not over and have none: theirs was given up. Returns how many."""
    waiting = set(
        db.session.scalars(select(Job.arguments).where(Job.kind == JOB, Job.state == WorkState.WAITING))
    )
    open_ids = db.session.scalars(select(Task.id).where(Task.state.in_(questions.OPEN))).all()
    lost = [key for key in open_ids if json.dumps({"task_id": key}) not in waiting]
    for key in lost:
        jobs.enqueue(JOB, task_id=key)
    return len(lost)


def _about(task: Task) -> dict:
    """What the trail says of a task."""
    name = task.subject or task.kind
    return {"kind": "task", "id": task.id, "name": name, "domain_id": task.domain_id}
