"""Who acts, and from where."""

from contextvars import ContextVar
from dataclasses import dataclass

from app.models import AccountState, Role


@dataclass(frozen=True)
class System:
    """The server itself: the console, the worker and the installation act in its name."""

    id: None = None
    name: str = "system"
    address: str = "system"
    role: Role = Role.SERVER
    state: AccountState = AccountState.ENABLED
    is_guest: bool = False
    domain_id: None = None
    language: None = None


SYSTEM = System()


@dataclass(frozen=True)
class Origin:
    """Where a request comes from: network address, request id, the session's id."""

    ip: str | None = None
    request_id: str | None = None
    session_id: int | None = None


NO_ORIGIN = Origin()
_origin: ContextVar[Origin] = ContextVar("origin", default=NO_ORIGIN)


def origin() -> Origin:
    """Where what is being done comes from."""
    return _origin.get()


def set_origin(value: Origin) -> None:
    """Remember where the request or socket message at hand comes from."""
    _origin.set(value)
