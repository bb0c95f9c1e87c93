"""What this process has connected, told to the others through the database: soon when it changes, and now and then."""

import atexit
import time

import structlog
from flask import Flask

from app.operations import figures
from app.realtime import hub

log = structlog.get_logger()

SOON = 5
AGAIN = 20
"""Seconds between two reports while something changes, and while nothing does; what is older than 45 does not count."""


class Reporter:
    """What was told last, and when."""

    def __init__(self, app: Flask):
        self.app = app
        self.told: tuple[int, int] | None = None
        self.turn_at = 0.0

    def takes_turn(self) -> bool:
        """Whether it is time to report; whoever is told so does it."""
        passed = time.monotonic() - self.turn_at
        is_due = passed > (AGAIN if seen() == self.told else SOON)
        if is_due:
            self.turn_at = time.monotonic()
        return is_due

    def report(self) -> None:
        """Tell what is connected now. A database that does not answer is told later."""
        connected = seen()
        if connected == self.told == (0, 0):
            return
        try:
            with self.app.app_context():
                figures.report_process(hub.PROCESS_ID, windows=connected[0], open_rooms=connected[1])
        except Exception as error:
            log.debug("connections are not reported", error=type(error).__name__)
            return
        if self.told is None:
            atexit.register(self._withdraw)
        self.told = connected

    def _withdraw(self) -> None:
        try:
            with self.app.app_context():
                figures.withdraw_process(hub.PROCESS_ID)
        except Exception as error:
            log.debug("the last report was not withdrawn", error=type(error).__name__)


def seen() -> tuple[int, int]:
    """Windows that are connected to this process, and rooms that are open in them."""
    return len(hub.clients), sum(len(client.rooms) for client in list(hub.clients.values()))
