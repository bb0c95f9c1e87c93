"""Tasks: long work that somebody asked for. The worker does it row by row, and its page shows how far it is."""

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
    """What became of one row."""

    CHANGED = "changed"
    SKIPPED = "skipped"
    FAILED = "failed"


class Task(Keyed, Dated, Base):
    """Work of a kind ("accounts.disable") with its arguments as JSON. place: the last row that was looked at.

    Whose it is and what it is about are kept as ids and names, not as keys of other tables: the row outlives them.
    subject: what it is about, such as a domain's or a file's name. file_name: of the file that can be fetched.
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
        """Whether nothing will happen any more."""
        return self.state not in (TaskState.WAITING, TaskState.RUNNING)


class TaskLine(Keyed, Base):
    """A row of a task that was left as it was, and why. line: of the imported file; 0 where there is none."""

    __tablename__ = "task_lines"
    __table_args__ = (Index("ix_task_lines_task_id", "task_id", "id"),)

    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    line: Mapped[int] = mapped_column(Integer, default=0)
    name: Mapped[str | None] = mapped_column(label(320))
    outcome: Mapped[Outcome] = mapped_column(Choice(Outcome))
    sentence: Mapped[str] = mapped_column(long_text())
