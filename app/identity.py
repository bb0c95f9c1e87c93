"""The actor and the origin of an operation."""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import cast

from app.models import Account, AccountState, Role


@dataclass(frozen=True)
class System:
    """The server itself, the actor of commands, the worker and the installation."""

    id: None = None
    name: str = "system"
    address: str = "system"
    role: Role = Role.SERVER
    state: AccountState = AccountState.ENABLED
    is_guest: bool = False
    domain_id: None = None
    language: None = None


# Operations take an account as their actor; the server has the attributes of one that they read.
SYSTEM = cast(Account, System())


@dataclass(frozen=True)
class Origin:
    """The source of a request: network address, request id, the session's id."""

    ip: str | None = None
    request_id: str | None = None
    session_id: int | None = None


NO_ORIGIN = Origin()
_origin: ContextVar[Origin] = ContextVar("origin", default=NO_ORIGIN)


def origin() -> Origin:
    """Return the origin of the current request, socket message or job."""
    return _origin.get()


def set_origin(value: Origin) -> None:
    """Set the origin of the current request, socket message or job."""
    _origin.set(value)
