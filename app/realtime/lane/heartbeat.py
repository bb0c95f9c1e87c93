"""Pings of all connections, from one greenlet instead of one each."""

import heapq
import logging
import random
from itertools import count
from time import monotonic

import gevent

EARLIEST = 0.9
LONGEST_SLEEP = 1

logger = logging.getLogger(__name__)


class Heartbeat:
    """Pings each socket once, an interval after it was scheduled; some a little earlier, so that they spread."""

    def __init__(self):
        self._due = []
        self._order = count()
        self._greenlet = None

    def schedule(self, socket, interval):
        """Ping a socket in at most `interval` seconds."""
        when = monotonic() + interval * random.uniform(EARLIEST, 1)
        heapq.heappush(self._due, (when, next(self._order), socket))
        if self._greenlet is None:
            self._greenlet = gevent.spawn(self._run)

    def _run(self):
        while self._due:
            wait = self._due[0][0] - monotonic()
            if wait > 0:
                gevent.sleep(min(wait, LONGEST_SLEEP))
            else:
                self._ping(heapq.heappop(self._due)[2])
        self._greenlet = None

    def _ping(self, socket):
        try:
            socket.ping()
        except Exception:
            logger.exception("A ping could not be sent")
