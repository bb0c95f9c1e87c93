"""The answers of readiness: in order, a warning, or a failure, with a reason."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True)
class Check:
    """One answer: its name, its state, the reason, and what mends it where it is not what it is named after."""

    name: str
    state: State
    sentence: str
    mended_by: str | None = None
