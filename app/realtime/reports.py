"""Reports of how many sockets this process has, to the others through the database."""

import atexit
import time

import structlog
from flask import Flask

from app.operations import dashboard
from app.realtime import hub

log = structlog.get_logger()

# Seconds between two reports while something changes, and while nothing does; a report counts for 45 seconds.
SOON = 5
AGAIN = 20


class Reporter:
    """The last report of this process, and when the next one is due."""

    def __init__(self, app: Flask):
        self.app = app
        self.told: tuple[int, int] | None = None
        self.begun_at = 0.0

    def begins_report(self) -> bool:
        """Return whether it is time to report. If so, the caller must."""
        passed = time.monotonic() - self.begun_at
        is_due = passed > (AGAIN if seen() == self.told else SOON)
        if is_due:
            self.begun_at = time.monotonic()
        return is_due

    def report(self) -> None:
        """Report what is connected now; later if the database does not answer."""
        connected = seen()
        if connected == self.told == (0, 0):
            return
        try:
            with self.app.app_context():
                dashboard.report_process(hub.PROCESS_ID, windows=connected[0], open_rooms=connected[1])
        except Exception as error:
            log.debug("connections are not reported", error=type(error).__name__)
            return
        if self.told is None:
            atexit.register(self._withdraw)
        self.told = connected

    def _withdraw(self) -> None:
        try:
            with self.app.app_context():
                dashboard.withdraw_process(hub.PROCESS_ID)
        except Exception as error:
            log.debug("the last report was not withdrawn", error=type(error).__name__)


def seen() -> tuple[int, int]:
    """Return the number of sockets of this process, and of the rooms open in them."""
    return len(hub.clients), sum(len(client.rooms) for client in list(hub.clients.values()))
