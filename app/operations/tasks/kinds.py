"""Kinds of tasks, and what came of one row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.errors import Refusal


@dataclass(frozen=True)
class Step:
    """One row of the work. place: larger than that of every row before it. line: of a file, else 0."""

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
    follow_up: Callable = lambda task: None


@dataclass(frozen=True)
class FollowUp:
    """What a task leads to: a button's label and the name of the view it posts to, and what "changed" is called.

    is_trial: whether the task itself has written nothing.
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
