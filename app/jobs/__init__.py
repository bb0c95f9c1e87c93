"""What the worker process does: kinds of jobs, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class JobKind:
    """A kind of job: the function that does it, and how often it recurs; None:
    whenever somebody asks for it."""

    do: Callable
    every: timedelta | None = None


@dataclass(frozen=True)
class Requeue:
    """What a job gives back when there is more to do: it comes up again, behind what else is due."""


job_kinds: dict[str, JobKind] = {}


def job(name: str, *, every: timedelta | None = None):
    """Make the decorated function a kind of job. It is called with the job's arguments,
    and may be called twice."""

    def register(function: Callable) -> Callable:
        job_kinds[name] = JobKind(function, every)
        return function

    return register


def recurring() -> list[str]:
    """Names of the jobs that recur."""
    return [name for name, kind in job_kinds.items() if kind.every is not None]
