"""Tasks for their pages: one's own, and everybody's for administrators of the server."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, false, func, select, true

from app.errors import NotFound
from app.extensions import db
from app.models import Account, Task, TaskLine, TaskState
from app.queries.paging import Page, keyset
from app.rules.rights import scope

OPEN = (TaskState.WAITING, TaskState.RUNNING)


def of_tasks(actor: Account) -> ColumnElement[bool]:
    """Return a condition on Task: those a person may see."""
    if not scope.is_administrator(actor):
        return false()
    return true() if scope.is_server_wide(actor) else Task.owner_id == actor.id


def find_task(actor: Account, task_id: int) -> Task:
    """Return a task by its id, within what the actor may see. Error: NotFound."""
    task = db.session.scalars(select(Task).where(Task.id == task_id, of_tasks(actor))).one_or_none()
    if task is None:
        raise NotFound()
    return task


def task_list(actor: Account, cursor: str | None = None, *, only_own: bool = False) -> Page:
    """Return a page of tasks, the newest first. One statement."""
    statement = select(Task).where(of_tasks(actor))
    if only_own:
        statement = statement.where(Task.owner_id == actor.id)
    page = keyset(statement, (Task.id,), cursor=cursor, descending=True)
    return Page([row[0] for row in page.rows], page.previous, page.next)


def open_count(actor: Account) -> int:
    """Return the number of an actor's unfinished tasks."""
    statement = select(func.count(Task.id)).where(Task.owner_id == actor.id, Task.state.in_(OPEN))
    return db.session.scalar(statement) or 0


def line_list(task: Task, cursor: str | None = None) -> Page:
    """Return a page of the rows that were left as they were, in the order they came up."""
    statement = select(TaskLine).where(TaskLine.task_id == task.id)
    page = keyset(statement, (TaskLine.id,), cursor=cursor)
    return Page([row[0] for row in page.rows], page.previous, page.next)


def every_line(task: Task) -> Iterator[TaskLine]:
    """All those rows, a thousand at a time in memory."""
    last = 0
    while True:
        statement = select(TaskLine).where(TaskLine.task_id == task.id, TaskLine.id > last)
        rows = db.session.scalars(statement.order_by(TaskLine.id).limit(1000)).all()
        if not rows:
            return
        yield from rows
        last = rows[-1].id
