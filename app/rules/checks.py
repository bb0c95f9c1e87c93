"""The answers of readiness: in order, a warning, or a failure, with a reason."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True)
class Check:
    """One answer: its name, its state, the reason, and the page that mends it, if there is one."""

    name: str
    state: State
    sentence: str
    url: str | None = None
