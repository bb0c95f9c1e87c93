"""The worker process: takes mails and jobs from their tables, one after the other, until it is told to stop.

It survives a database that goes away: it says so once, waits, and goes on.
"""

import signal
import socket
import threading
from datetime import timedelta

import structlog
from flask import Flask
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog.contextvars import bind_contextvars, clear_contextvars

from app.errors import Unavailable
from app.identity import Origin, set_origin
from app.jobs import (
    Requeue,
    job_kinds,
    outbox,
    recurring,
)
from app.operations import jobs
from app.operations.jobs import Taken
from app.transaction import connection_is_lost

POLL = 1.0
"""Seconds between two looks into empty tables."""

PAUSE_MAX = 5.0
"""Seconds between two attempts to reach a database that went away."""

GRACE = 1.0
"""Seconds that work at hand is given after the signal to stop; then its lease is left to run out."""

NETWORK_TIMEOUT = 20
"""Seconds a foreign server may be silent."""

log = structlog.get_logger()


class GraceExpired(BaseException):
    """The grace after the signal to stop has passed."""


class Worker:
    """The loop. Every step has an application context, and so a database session, of its own."""

    def __init__(self, app: Flask):
        self.app = app
        self.stopping = threading.Event()
        self._pause = 0.0
        self._has_started = False

    def run(self) -> None:
        """Work until told to stop."""
        log.info("worker started", recurring=recurring())
        try:
            while not self.stopping.is_set():
                is_busy = self._step_or_pause()
                if not is_busy:
                    self.stopping.wait(self._pause or POLL)
        except GraceExpired:
            log.warning("worker stopped in the middle of its work; it will be taken up again")
        log.info("worker stopped")

    def obey_signals(self) -> None:
        """Stop on SIGTERM and SIGINT, at the latest when the grace is over."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGALRM, self._interrupt)

    def step(self) -> bool:
        """Do what is due next. Gives whether there was anything."""
        with self.app.app_context():
            if not self._has_started:
                jobs.keep_going(recurring())
                self._has_started = True
            has_sent = _send_mail()
            taken = jobs.take_job()
            if taken is not None:
                _do(taken)
            return has_sent or taken is not None

    def _step_or_pause(self) -> bool:
        try:
            is_busy = self.step()
        except (DBAPIError, PoolTimeout, Unavailable) as error:
            if not _is_outage(error):
                raise
            if not self._pause:
                log.warning("database does not answer; waiting for it", error=type(error).__name__)
            self._pause = min(PAUSE_MAX, self._pause * 2 or 0.5)
            return False
        if self._pause:
            log.info("database answers again")
        self._pause = 0.0
        return is_busy

    def _stop(self, _number, _frame) -> None:
        self.stopping.set()
        signal.setitimer(signal.ITIMER_REAL, GRACE)

    def _interrupt(self, _number, _frame) -> None:
        raise GraceExpired()


def start(app: Flask) -> None:
    """Run a worker in this process until it is told to stop."""
    socket.setdefaulttimeout(NETWORK_TIMEOUT)
    worker = Worker(app)
    worker.obey_signals()
    worker.run()
    signal.setitimer(signal.ITIMER_REAL, 0)


def _do(taken: Taken) -> None:
    """Do one job. What fails comes up again later, and does not stop the others."""
    clear_contextvars()
    bind_contextvars(job=taken.name, job_id=taken.id)
    set_origin(Origin(request_id=f"job-{taken.id}"))
    try:
        _call(taken)
    except Exception as error:
        if _is_outage(error):
            raise
        log.exception("job failed", attempt=taken.attempt)
        jobs.try_again(taken, error, is_recurring=taken.name in recurring())
    finally:
        clear_contextvars()


def _call(taken: Taken) -> None:
    if taken.name not in job_kinds:
        raise LookupError(f"no kind of job is called {taken.name}")
    kind = job_kinds[taken.name]
    answer = kind.do(**taken.arguments)
    if isinstance(answer, Requeue):
        jobs.repeat(taken, timedelta())
    elif kind.every is None:
        jobs.finish(taken)
    else:
        jobs.repeat(taken, kind.every)


def _send_mail() -> bool:
    """Send a mail; one that does not leave is noted, and does not stop the others."""
    try:
        return outbox.send_next()
    except Exception as error:
        if _is_outage(error):
            raise
        log.warning("mail not sent", error=f"{type(error).__name__}: {error}")
        return True


def _is_outage(error: Exception) -> bool:
    """Whether the database is away, rather than something wrong with the work."""
    if isinstance(error, DBAPIError):
        return connection_is_lost(error)
    return isinstance(error, (Unavailable, PoolTimeout))
