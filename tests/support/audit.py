"""Operations and requests that a run of tests has seen leave an audit entry.

A list in a test would say which should leave one; this records which did. `missing()` returns the others.
"""

import importlib
import pkgutil
import sys
from pathlib import Path

from flask import Flask, g, has_request_context, request

from app import operations, transaction
from app.operations import audit
from tests.support.routes import WRITING, write_routes

# Routes that write and leave no entry, and why.
SILENT_ROUTES = {
    "sessions.choose_language": "one's own taste",
    "sessions.request_password_link": "strangers ask; the worker leaves an entry for those who exist",
    "bulk.preview_action": "it only shows what an action would change",
    "chat.send_message": "what people say is not administration",
    "chat.set_favourite": "one's own taste",
    "own.choose_options": "one's own taste",
    "discovery.autodiscover": "a mail program asks by POST and changes nothing; refusals are noted",
}


class AuditedOperations:
    """Watches the transaction and the application for as long as the tests run."""

    def __init__(self):
        self.operations: set[str] = set()
        self.routes: set[str] = set()
        self._codes = {}

    def watch(self, app: Flask) -> None:
        """Begin: every entry is credited to the operations at work when it was left, once it is committed."""
        note, once = audit.note_audit, transaction._run_once

        def noted():
            note()
            unit = transaction._current.get()
            if unit is not None:
                unit.__dict__.setdefault("credited", set()).update(self._operations_at_work())

        def committed(*args):
            result, unit = once(*args)
            self.operations |= getattr(unit, "credited", set())
            if has_request_context() and unit.has_audit:
                g.has_left_a_trail = True
            return result, unit

        audit.note_audit, transaction._run_once = noted, committed
        app.after_request(self._note_request)

    def missing(self, app: Flask) -> list[str]:
        """Return the writing operations that were never seen leaving an entry."""
        audited = {name for name, run in own_operations().items() if run.is_audited}
        silent = [f"operation {name}" for name in sorted(audited - self.operations)]
        routes = write_routes(app) - SILENT_ROUTES.keys() - self.routes
        return silent + [f"route {endpoint}" for endpoint in sorted(routes)]

    def _note_request(self, response):
        if request.method in WRITING and response.status_code < 400 and g.get("has_left_a_trail"):
            self.routes.add(request.endpoint)
        return response

    def _operations_at_work(self):
        """Return the operations on the stack: the one that leaves the entry, and its callers."""
        if len(self._codes) != len(transaction.operations):
            self._codes = {run.__wrapped__.__code__: name for name, run in transaction.operations.items()}
        frame = sys._getframe(2)
        while frame is not None:
            if frame.f_code in self._codes:
                yield self._codes[frame.f_code]
            frame = frame.f_back


def own_operations() -> dict:
    """Return the application's operations, also those not called so far; tests define some of their own."""
    for module in pkgutil.walk_packages(operations.__path__, "app.operations."):
        importlib.import_module(module.name)
    return {name: run for name, run in transaction.operations.items() if name.startswith("app.")}


# Folders of tests that drive other processes, in which nothing can be watched.
APART = ("browser", "faults", "realtime", "bench")


def is_whole(files: set[Path], tests: Path) -> bool:
    """Return whether these are all test files, except those that drive other processes."""
    wanted = {path for path in tests.rglob("test_*.py") if path.relative_to(tests).parts[0] not in APART}
    return wanted <= files


audited_operations = AuditedOperations()
