"""Installation of the send lane on a Flask-SocketIO server."""

import logging
from dataclasses import asdict, dataclass
from functools import partial

from app.realtime import pinned

from .engine_socket import LaneSocket
from .heartbeat import Heartbeat
from .manager import with_lane
from .outbox import Limits
from .turn import Turn
from .websocket import LaneWebSocket

MEBIBYTE = 1024 * 1024

logger = logging.getLogger(__name__)


class LaneUnavailable(RuntimeError):
    """The server that the lane is to be installed on is not ready, or not on gevent."""


@dataclass
class Counters:
    """Counts since the lane was installed."""

    slow_readers_cut: int = 0


class Lane:
    """State that all connections of one server share."""

    def __init__(self, limits):
        self.limits = limits
        self.turn = Turn()
        self.heartbeat = Heartbeat()
        self._counters = Counters()

    def count_cut(self, why, waiting_bytes):
        """Count a reader that was cut off because it was too far behind."""
        self._counters.slow_readers_cut += 1
        logger.warning("A slow reader was cut off: %s, %d bytes waited", why, waiting_bytes)

    def statistics(self):
        """Return the counters by name."""
        return asdict(self._counters)


def install(socketio, *, waiting_bytes=4 * MEBIBYTE, chunk_seconds=15):
    """Install the lane on an initialised Flask-SocketIO server, before its first connection.

    A reader is cut off when more than `waiting_bytes` wait for it behind a full buffer, or when it takes longer than
    `chunk_seconds` over 64 KiB of them.
    """
    pinned.check()
    server = socketio.server
    if server is None or server.async_mode != "gevent":
        raise LaneUnavailable("The send lane needs an initialised server in async_mode gevent.")
    lane = Lane(Limits(waiting_bytes, chunk_seconds))
    server.eio._async = {**server.eio._async, "websocket": partial(LaneWebSocket, lane)}
    _adopt_sockets(server.eio, lane)
    with_lane(server.manager)
    return lane


def _adopt_sockets(engine, lane):
    connected = engine.handlers["connect"]

    def adopt(sid, environ):
        socket = engine.sockets[sid]
        socket.__class__ = LaneSocket
        socket.lane = lane
        return connected(sid, environ)

    engine.on("connect", adopt)
