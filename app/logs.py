"""Logs: one line an event, as JSON for machines or text for people, with the request's id.

Passwords, tokens and what people write never go in; a test reads the log after having used all three.
"""

import logging
import re
import time

import structlog
from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, merge_contextvars

SECRET = re.compile(r"password|token|secret|cookie|authorization|body|html|message_text", re.IGNORECASE)
TOKEN_IN_PATH = re.compile(r"(?<=/)[\w.~-]{24,}")
"""A part of a path that is long enough to be a token, known route or not."""

QUIET_LIBRARIES = ("alembic.runtime", "engineio.server", "socketio.server", "werkzeug")
"""Libraries that are only heard when something is wrong with them."""

log = structlog.get_logger("teamchat.requests")


def init_app(app: Flask) -> None:
    """Set the logs up, and note every request with what it took."""
    configure_logs(app.config["LOG_LEVEL"], app.config["LOG_FORMAT"])
    app.before_request_funcs.setdefault(None, []).append(_start_watch)
    app.after_request(_note_request)


def configure_logs(level: str, form: str) -> None:
    """Send our own events and those of the libraries through one formatter to the standard error."""
    shared = [
        merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        redact_secrets,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler()
    handler.set_name("teamchat")
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=_renderer(form))
    )
    root = logging.getLogger()
    root.handlers = [kept for kept in root.handlers if kept.get_name() != "teamchat"] + [handler]
    root.setLevel(level.upper())
    for talkative in QUIET_LIBRARIES:
        logging.getLogger(talkative).setLevel(logging.WARNING)


def redact_secrets(_logger, _method, event: dict) -> dict:
    """Whatever is called like a secret loses its value."""
    return {name: "[removed]" if SECRET.search(name) else value for name, value in event.items()}


def redacted_path(path: str) -> str:
    """A path without what may be a token in it."""
    return TOKEN_IN_PATH.sub("…", path)


def bind_account(account_id: int) -> None:
    """Have the following lines of this request say who is signed in."""
    bind_contextvars(account_id=account_id)


def _renderer(form: str):
    if form == "text":
        return structlog.dev.ConsoleRenderer(colors=False)
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _start_watch() -> None:
    g.started = time.perf_counter()


def _note_request(response: Response) -> Response:
    took = time.perf_counter() - g.get("started", time.perf_counter())
    level = "debug" if request.endpoint in ("static", "health.alive", "health.ready") else "info"
    getattr(log, level)(
        "request",
        method=request.method,
        path=redacted_path(request.path),
        status=response.status_code,
        duration_ms=round(took * 1000, 1),
    )
    return response
