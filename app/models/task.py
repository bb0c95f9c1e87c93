"""Tasks: long operations that the worker runs row by row, with their progress and results."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, false
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Dated, Keyed
from app.models.types import BigInt, Choice, UtcDateTime, exact, label, long_text


class TaskState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """The result for one row."""

    CHANGED = "changed"
    SKIPPED = "skipped"
    FAILED = "failed"


class Task(Keyed, Dated, Base):
    """A task of a kind, such as "accounts.disable", with its arguments as JSON. place: the last row that was processed.

    Owner and subject are stored as ids and names without foreign keys: the task outlives them. subject: a name, such
    as a domain's or a file's. file_name: of the resulting file.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_owner_id", "owner_id", "id"),
        Index("ix_tasks_finished_at", "finished_at"),
    )

    kind: Mapped[str] = mapped_column(exact(64))
    subject: Mapped[str | None] = mapped_column(label(320))
    owner_id: Mapped[int | None] = mapped_column(BigInt)
    owner_name: Mapped[str | None] = mapped_column(label(320))
    domain_id: Mapped[int | None] = mapped_column(BigInt)
    arguments: Mapped[str] = mapped_column(long_text())
    state: Mapped[TaskState] = mapped_column(Choice(TaskState), default=TaskState.WAITING)
    is_cancelling: Mapped[bool] = mapped_column(default=False, server_default=false())
    place: Mapped[int] = mapped_column(BigInt, default=0)
    total_count: Mapped[int] = mapped_column(Integer, default=0)
    done_count: Mapped[int] = mapped_column(Integer, default=0)
    changed_count: Mapped[int] = mapped_column(Integer, default=0)
    skipped_count: Mapped[int] = mapped_column(Integer, default=0)
    failed_count: Mapped[int] = mapped_column(Integer, default=0)
    last_error: Mapped[str | None] = mapped_column(long_text())
    file_name: Mapped[str | None] = mapped_column(label(200))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_over(self) -> bool:
        """Return whether the task has ended."""
        return self.state not in (TaskState.WAITING, TaskState.RUNNING)


class TaskLine(Keyed, Base):
    """A row that a task did not change, and the reason. line: in the imported file, 0 without a file."""

    __tablename__ = "task_lines"
    __table_args__ = (Index("ix_task_lines_task_id", "task_id", "id"),)

    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    line: Mapped[int] = mapped_column(Integer, default=0)
    name: Mapped[str | None] = mapped_column(label(320))
    outcome: Mapped[Outcome] = mapped_column(Choice(Outcome))
    sentence: Mapped[str] = mapped_column(long_text())
