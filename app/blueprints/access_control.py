"""Access control by blueprint: the guard that runs before each of its views."""

from collections.abc import Callable

from flask import Flask, request
from flask_babel import gettext as _
from flask_login import current_user

from app.errors import Forbidden, SignedOut, WebClientStopped
from app.models import Account, Role, ServiceName
from app.rules import services


def open_to_everybody(view: Callable) -> Callable:
    """Mark a view that needs no sign-in."""
    view.is_open = True  # type: ignore[attr-defined]
    return view


def open_to_accounts(view: Callable) -> Callable:
    """Mark a view of WebAdmin that accounts reach by a right they hold; the view itself asks for that right."""
    view.is_for_accounts = True  # type: ignore[attr-defined]
    return view


def anybody() -> None:
    """Let everybody in."""


def signed_in() -> None:
    """Let in whoever has signed in."""
    if not current_user.is_authenticated:
        raise SignedOut()


def accounts() -> None:
    """Let in whoever has signed in and is no guest: guests administer nothing, whatever a list says.

    Who administers nothing else comes from the WebClient, and is let in while it runs.
    """
    signed_in()
    if current_user.is_guest:
        raise Forbidden()
    if current_user.role is Role.USER:
        webclient()


def webclient() -> None:
    """Let in whoever has signed in, while the WebClient runs."""
    signed_in()
    if not services.runs(ServiceName.WEBCLIENT):
        raise WebClientStopped()


def administrators() -> None:
    """Let in whoever administers the server, WebAdmin or a domain."""
    signed_in()
    if current_user.role is Role.USER:
        raise Forbidden(_("WebAdmin is for administrators. Your account is not one."))


def me() -> Account:
    """Return the signed-in account: the row itself, which operations and the audit log can name."""
    return current_user._get_current_object()


# The guard of every blueprint, by its name; views marked as open have a wider one.
GUARDS = {
    "static": anybody,
    "sessions": signed_in,
    "chat": webclient,
    "own": signed_in,
    "dashboard": administrators,
    "domains": administrators,
    "search": administrators,
    "accounts": administrators,
    "guests": administrators,
    "administrators": administrators,
    "groups": administrators,
    "rights": administrators,
    "rooms": administrators,
    "bulk": administrators,
    "tasks": administrators,
    "imports": administrators,
    "licenses": administrators,
    "mail": administrators,
    "audit": administrators,
    "discovery": administrators,
    "certificates": administrators,
}


def guard_of(app: Flask, endpoint: str) -> Callable | None:
    """Return the guard of an endpoint. None means that it was forgotten: nobody is admitted."""
    view = app.view_functions[endpoint]
    if getattr(view, "is_open", False):
        return anybody
    if getattr(view, "is_for_accounts", False):
        return accounts
    return GUARDS.get(endpoint.partition(".")[0])


def init_app(app: Flask) -> None:
    """Run the guard before every view."""

    @app.before_request
    def enforce_guard():
        if request.endpoint is None:
            return
        guard = guard_of(app, request.endpoint)
        if guard is None:
            raise Forbidden()
        guard()
