"""Calls outside of a request: in greenlets or threads under gevent, immediately elsewhere."""

from collections import deque
from collections.abc import Callable, Hashable
from contextlib import contextmanager
from weakref import WeakValueDictionary

import gevent
import structlog
from gevent import monkey
from gevent.lock import RLock

log = structlog.get_logger()

WaitingCall = tuple[Callable, tuple, dict]


def is_cooperative() -> bool:
    """Return whether this process runs on gevent. Web processes do; commands and the worker do not."""
    return monkey.is_module_patched("socket")


def run_in_thread(work: Callable, *args):
    """Call a function that needs much processor time; under gevent in a thread, so that other greenlets run."""
    if not is_cooperative():
        return work(*args)
    result, error = gevent.get_hub().threadpool.apply(_outcome, (work, args))
    if error is not None:
        raise error
    return result


def _outcome(work: Callable, args: tuple) -> tuple:
    """Return the result of work and its error. An error raised in gevent's threads would print a traceback."""
    try:
        return work(*args), None
    except Exception as error:
        return None, error


class SerialQueue:
    """A queue of calls made one after the other. When more than `longest` wait, the oldest are dropped and counted."""

    def __init__(self, name: str, longest: int = 10_000):
        self.name = name
        self.dropped = 0
        self._waiting: deque[WaitingCall] = deque(maxlen=longest)
        self._is_working = False

    def put(self, call: Callable, *args, **kwargs) -> None:
        """Queue a call."""
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

    def _make(self, waiting: WaitingCall) -> None:
        call, args, kwargs = waiting
        try:
            call(*args, **kwargs)
        except Exception:
            log.exception(
                "background call failed", queue=self.name, call=getattr(call, "__qualname__", repr(call))
            )


class KeyedLock:
    """A reentrant lock for each key, kept only while it is held or waited for.

    Greenlets wait here instead of on a row's lock in the database, and so hold no database connection meanwhile.
    """

    def __init__(self):
        self._locks: WeakValueDictionary[Hashable, RLock] = WeakValueDictionary()

    @contextmanager
    def of(self, key: Hashable):
        """Hold the lock of a key while in the context."""
        lock = self._locks.setdefault(key, RLock())
        with lock:
            yield


def call_later(seconds: float, call: Callable, *args) -> None:
    """Make a call after some seconds under gevent, immediately elsewhere."""
    if not is_cooperative():
        call(*args)
        return
    gevent.spawn_later(seconds, call, *args)
