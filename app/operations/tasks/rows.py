"""A task's row in the table: locked, brought to its end, and in whose name it acts."""

from sqlalchemy import select

from app.extensions import db
from app.identity import SYSTEM
from app.models import Account, Task, TaskState, now
from app.rules import scope

LOST_RIGHTS = "lost_rights"
UNKNOWN_KIND = "unknown_kind"
"""Why a whole task failed, as a word; its page has the sentence."""


def end(task: Task, state: TaskState, error: str | None = None) -> None:
    """Nothing more will be done."""
    task.state, task.finished_at, task.last_error = state, now(), error


def locked(task_id: int) -> Task | None:
    """The task as the database has it now, nobody else's until the commit."""
    statement = select(Task).where(Task.id == task_id).with_for_update()
    return db.session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()


def owner_of(task: Task):
    """In whose name a task acts; none when the account is gone."""
    if task.owner_id is None:
        return SYSTEM
    return db.session.get(Account, task.owner_id, populate_existing=True)


def may_act(owner) -> bool:
    """Whether the owner still administers anything."""
    return owner is not None and scope.is_administrator(owner) and getattr(owner, "is_active", True)
