"""The worker process: a loop that sends due mails and runs due jobs, one after the other.

It survives an outage of the database: it logs it once and tries again until the database answers.
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
from app.jobs import Requeue, handlers, job_kinds, mail, recurring  # noqa: F401
from app.operations import jobs
from app.operations.jobs import LeasedWork
from app.transaction import connection_is_lost

# Seconds between two queries while nothing is due.
POLL = 1.0

# Seconds between two attempts to reach a database that is away.
PAUSE_MAX = 5.0

# Seconds that the running job has after the signal to stop. Then it is interrupted, and runs again when its lease
# has expired.
GRACE = 1.0

# Seconds to wait for an answer of another server.
NETWORK_TIMEOUT = 20

log = structlog.get_logger()


class GraceExpired(BaseException):
    """GRACE is over. No Exception, so that handlers of jobs do not catch it."""


class Worker:
    """The worker's loop. Each step has its own application context and database session."""

    def __init__(self, app: Flask):
        self.app = app
        self.stopping = threading.Event()
        self._pause = 0.0
        self._has_started = False

    def run(self) -> None:
        """Run steps until stopped."""
        log.info("worker started", recurring=recurring())
        try:
            while not self.stopping.is_set():
                is_busy = self._step_or_pause()
                if not is_busy:
                    self.stopping.wait(self._pause or POLL)
        except GraceExpired:
            log.warning("worker interrupted a job; it will run again")
        log.info("worker stopped")

    def obey_signals(self) -> None:
        """Stop on SIGTERM and SIGINT, after GRACE at the latest."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGALRM, self._interrupt)

    def step(self) -> bool:
        """Send the next due mail and run the next due job. Return whether there was one of them."""
        with self.app.app_context():
            if not self._has_started:
                jobs.keep_going(recurring())
                self._has_started = True
            has_sent = _send_mail()
            taken = jobs.take_job()
            if taken is not None:
                _run(taken)
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
    """Run a worker in this process until it is stopped."""
    socket.setdefaulttimeout(NETWORK_TIMEOUT)
    worker = Worker(app)
    worker.obey_signals()
    worker.run()
    signal.setitimer(signal.ITIMER_REAL, 0)


def _run(taken: LeasedWork) -> None:
    """Run one job. If it fails it is queued again; other jobs go on."""
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


def _call(taken: LeasedWork) -> None:
    if taken.name not in job_kinds:
        raise LookupError(f"no kind of job is called {taken.name}")
    kind = job_kinds[taken.name]
    result = kind.run(**taken.arguments)
    if isinstance(result, Requeue):
        jobs.repeat(taken, timedelta())
    elif kind.every is None:
        jobs.finish(taken)
    else:
        jobs.repeat(taken, kind.every)


def _send_mail() -> bool:
    """Send the next due mail. Return whether there was one; a failure is logged."""
    try:
        return mail.send_next()
    except Exception as error:
        if _is_outage(error):
            raise
        log.warning("mail not sent", error=f"{type(error).__name__}: {error}")
        return True


def _is_outage(error: Exception) -> bool:
    """Return whether the database is away, as opposed to an error of the job."""
    if isinstance(error, DBAPIError):
        return connection_is_lost(error)
    return isinstance(error, (Unavailable, PoolTimeout))
