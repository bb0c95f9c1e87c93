"""Logs: one line per event, as JSON or text, with the request's id.

Passwords, tokens and texts of people are never logged; a test reads the log after using all three.
"""

import logging
import re
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, merge_contextvars
from structlog.typing import Processor

SECRET = re.compile(r"password|token|secret|cookie|authorization|body|html|message_text", re.IGNORECASE)
# A path segment that is long enough to be a token, of a known route or not.
TOKEN_IN_PATH = re.compile(r"(?<=/)[\w.~-]{24,}")

# Libraries of which only warnings and errors are logged.
QUIET_LIBRARIES = ("alembic.runtime", "engineio.server", "socketio.server", "werkzeug")

log = structlog.get_logger("teamchat.requests")


def init_app(app: Flask) -> None:
    """Configure the logs, and log every request with its duration."""
    configure_logs(app.config["LOG_LEVEL"], app.config["LOG_FORMAT"])
    app.before_request_funcs.setdefault(None, []).append(_start_clock)
    app.after_request(_log_request)


def configure_logs(level: str, form: str) -> None:
    """Send our events and those of libraries through one formatter to standard error."""
    shared: list[Processor] = [
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
    root.handlers = [other for other in root.handlers if other.get_name() != "teamchat"] + [handler]
    root.setLevel(level.upper())
    for library in QUIET_LIBRARIES:
        logging.getLogger(library).setLevel(logging.WARNING)


def redact_secrets(_logger, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Remove the values of fields that are named like a secret."""
    return {name: "[removed]" if SECRET.search(name) else value for name, value in event.items()}


def redacted_path(path: str) -> str:
    """Return a path without segments that may be tokens."""
    return TOKEN_IN_PATH.sub("…", path)


def bind_account(account_id: int) -> None:
    """Add the signed-in account to the following log lines of this request."""
    bind_contextvars(account_id=account_id)


def _renderer(form: str):
    if form == "text":
        return structlog.dev.ConsoleRenderer(colors=False)
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _start_clock() -> None:
    g.started = time.perf_counter()


def _log_request(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    level = "debug" if request.endpoint in ("static", "health.alive", "health.ready") else "info"
    getattr(log, level)(
        "request",
        method=request.method,
        path=redacted_path(request.path),
        status=response.status_code,
        duration_ms=round(seconds * 1000, 1),
    )
    return response
