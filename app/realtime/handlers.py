"""Dispatching of socket messages: the client, the payload, and one answer for everything that goes wrong."""

from collections.abc import Callable
from functools import wraps

import structlog
from flask import Flask, g
from flask_babel import gettext as _
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import Invalid, Refusal, SignedOut, Unavailable
from app.identity import set_origin
from app.realtime import hub

log = structlog.get_logger()
_handlers: dict[str, Callable] = {}

# Errors of a database that does not answer, or cannot just now: the client may try again.
AWAY = (InterfaceError, InternalError, OperationalError, PoolTimeout)


def on(event: str):
    """Answer a client's event with the decorated function: (client, payload) -> what to acknowledge, or None."""

    def register(handler):
        _handlers[event] = handler
        return handler

    return register


def events() -> list[str]:
    """Return every event that clients may send."""
    return sorted(_handlers)


def bind(app: Flask, server, modules) -> None:
    """Make Socket.IO call the handlers. modules: those whose handlers have registered by being imported."""
    for module in modules:
        if hasattr(module, "bind"):
            module.bind(app, server)
    for event, handler in _handlers.items():
        server.on(event, _answering(app, event, handler))
    server.on("*", lambda *_said: _unknown(app))


def _unknown(app: Flask) -> dict:
    with app.app_context():
        return _refused(Refusal(code="unknown_event"))


def _answering(app: Flask, event: str, handler: Callable):
    @wraps(handler)
    def answer(sid, payload=None, *_rest):
        client = hub.clients.get(sid)
        with app.app_context():
            if client is None:
                return _refused(SignedOut())
            g.language = client.language
            set_origin(client.origin)
            return _answer(event, handler, client, payload)

    return answer


def _answer(event, handler, client, payload) -> dict:
    try:
        client.event_budget.take()
        return {"ok": True, **(handler(client, _content(payload)) or {})}
    except Refusal as refusal:
        return _refused(refusal)
    except AWAY as error:
        log.warning("database failed", event_name=event, error=str(error.__cause__ or error)[:300])
        return _refused(Unavailable())
    except Exception:
        log.exception("socket message failed", event_name=event, account=client.account_id)
        return _refused(
            Refusal(_("Something went wrong on the server. It has been logged."), code="internal")
        )


def _content(payload) -> dict:
    if not isinstance(payload, dict):
        raise Invalid(_("This message has no content."), code="bad_payload")
    return payload


def _refused(refusal: Refusal) -> dict:
    answer = {"ok": False, "error": refusal.code, "message": str(refusal.sentence)}
    if refusal.retry_after is not None:
        answer["retry_after"] = refusal.retry_after
    return answer


LARGEST = 2**63 - 1


def number(payload: dict, name: str) -> int:
    """Return a whole number of the payload, zero or more. Error: Invalid."""
    value = payload.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise Invalid(_("“%(name)s” must be a whole number.", name=name), code="bad_payload", field=name)
    return value
