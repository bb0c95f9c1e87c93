"""Kinds of jobs that the worker process runs, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class JobKind:
    """A kind of job: its function and the interval at which it recurs, None for jobs on request."""

    run: Callable
    every: timedelta | None = None


@dataclass(frozen=True)
class Requeue:
    """Returned by a job to run again after other due jobs."""


job_kinds: dict[str, JobKind] = {}


def job(name: str, *, every: timedelta | None = None):
    """Register the decorated function as a kind of job. The worker passes the job's arguments, maybe more than once."""

    def register(function: Callable) -> Callable:
        job_kinds[name] = JobKind(function, every)
        return function

    return register


def recurring() -> list[str]:
    """Return the names of the jobs that recur."""
    return [name for name, kind in job_kinds.items() if kind.every is not None]
