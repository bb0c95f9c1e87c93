"""Work that need not hold up an answer: in a greenlet under gevent, at once elsewhere."""

from collections import deque
from collections.abc import Callable, Hashable
from contextlib import contextmanager
from weakref import WeakValueDictionary

import gevent
import structlog
from gevent import monkey
from gevent.lock import RLock

log = structlog.get_logger()


def is_cooperative() -> bool:
    """Whether this process runs on gevent, as web processes do; the console and the worker do not."""
    return monkey.is_module_patched("socket")


def run_in_thread(work: Callable, *args):
    """Do work that holds a processor in a thread where gevent runs, so that others are served meanwhile."""
    if not is_cooperative():
        return work(*args)
    result, error = gevent.get_hub().threadpool.apply(_outcome, (work, args))
    if error is not None:
        raise error
    return result


def _outcome(work: Callable, args: tuple) -> tuple:
    """Return the result of work, and its error: gevent prints a traceback of what is raised in its threads."""
    try:
        return work(*args), None
    except Exception as error:
        return None, error


class SerialQueue:
    """Calls made one after the other. Beyond `longest` waiting calls the oldest are dropped and counted."""

    def __init__(self, name: str, longest: int = 10_000):
        self.name = name
        self.dropped = 0
        self._waiting = deque(maxlen=longest)
        self._is_working = False

    def put(self, call: Callable, *args, **kwargs) -> None:
        """Make a call after those already waiting."""
        if not is_cooperative():
            self._make((call, args, kwargs))
            return
        if len(self._waiting) == self._waiting.maxlen:
            self.dropped += 1
        self._waiting.append((call, args, kwargs))
        if not self._is_working:
            self._is_working = True
            gevent.spawn(self._work)

    def _work(self) -> None:
        try:
            while self._waiting:
                self._make(self._waiting.popleft())
        finally:
            self._is_working = False

    def _make(self, waiting) -> None:
        call, args, kwargs = waiting
        try:
            call(*args, **kwargs)
        except Exception:
            log.exception(
                "background call failed", queue=self.name, call=getattr(call, "__qualname__", repr(call))
            )


class KeyedLock:
    """A reentrant lock for each key, kept only while somebody holds it or waits for it.

    Greenlets that would wait for the lock of a row wait here instead, before they take a database connection.
    """

    def __init__(self):
        self._locks = WeakValueDictionary()

    @contextmanager
    def of(self, key: Hashable):
        """Hold the lock of a key."""
        lock = self._locks.setdefault(key, RLock())
        with lock:
            yield


def call_later(seconds: float, call: Callable, *args) -> None:
    """Make a call after some seconds under gevent, at once elsewhere."""
    if not is_cooperative():
        call(*args)
        return
    gevent.spawn_later(seconds, call, *args)
