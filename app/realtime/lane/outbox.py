"""Frames that wait for one reader, and how they are written."""

import socket
import struct
from dataclasses import dataclass

import gevent

from .frames import close_frame, packet_frame

CHUNK = 64 * 1024
NORMAL_CLOSURE = 1000
DISCARD_UNSENT = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Limits:
    """Limits beyond which a slow reader is cut off."""

    waiting_bytes: int
    chunk_seconds: float


class Outbox:
    """All frames of one connection, in order: written once a turn, by a greenlet only when the buffer is full.

    It has the part of a queue's interface that an Engine.IO socket uses, so it can take the place of that queue.
    """

    __slots__ = ("_blocked", "_busy", "_drainer", "_ending", "_lane", "_over", "_size", "_sock", "_waiting")

    def __init__(self, sock, lane):
        self._sock = sock
        self._lane = lane
        self._waiting = []
        self._size = 0
        self._busy = self._blocked = self._ending = self._over = False
        self._drainer = None

    def put(self, packet):
        """Write a packet; None closes the connection. Part of the queue interface."""
        if packet is None:
            self.end()
        else:
            self.write(packet_frame(packet))

    def join(self):
        """Return at once: packets are written by themselves. Part of the queue interface."""

    def write(self, frame):
        """Write a frame at the end of this turn, behind those that already wait."""
        if self._over or self._ending:
            return
        self._waiting.append(frame)
        self._size += len(frame)
        if not self._busy:
            self._busy = True
            self._lane.turn.add(self)
        elif self._blocked and self._size > self._lane.limits.waiting_bytes:
            self._cut("too much waits")

    def end(self, code=NORMAL_CLOSURE):
        """Write a closing frame behind everything that waits; frames written afterwards are dropped."""
        self.write(close_frame(code))
        self._ending = True

    def flush(self):
        """Write everything that waits in one call; a greenlet writes the part that the buffer does not take."""
        if self._over or self._blocked:
            return
        data = self._waiting[0] if len(self._waiting) == 1 else b"".join(self._waiting)
        self._waiting.clear()
        sent = self._send_now(data)
        if sent == len(data):
            self._emptied()
        elif not self._over:
            self._block(memoryview(data)[sent:])

    def settle(self):
        """Write what waits before the connection is closed, as far as the reader takes it."""
        if self._drainer is not None:
            self._drainer.join()
        elif self._busy:
            self.flush()
            if self._drainer is not None:
                self._drainer.join()
        self._over = True

    def abort(self):
        """Reset the connection at once and drop what waits; a greenlet that reads from it wakes up."""
        if self._over:
            return
        self._over = True
        self._blocked = False
        self._waiting.clear()
        try:
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, DISCARD_UNSENT)
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def _send_now(self, data):
        try:
            return self._sock._sock.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            self.abort()
            return 0

    def _emptied(self):
        self._size = 0
        self._busy = self._blocked = False
        self._drainer = None
        if self._ending:
            self._half_close()

    def _half_close(self):
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.abort()

    def _block(self, rest):
        self._blocked = True
        self._size = len(rest)
        self._waiting.append(rest)
        self._drainer = gevent.spawn(self._drain)

    def _drain(self):
        try:
            while self._waiting and not self._over:
                chunk = self._next_chunk()
                with gevent.Timeout(self._lane.limits.chunk_seconds, TimeoutError):
                    self._sock.sendall(chunk)
                self._size -= len(chunk)
        except TimeoutError:
            self._cut("nothing was read")
        except OSError:
            self.abort()
        else:
            self._emptied()

    def _next_chunk(self):
        first = self._waiting[0]
        if len(first) > CHUNK:
            self._waiting[0] = memoryview(first)[CHUNK:]
            return memoryview(first)[:CHUNK]
        length = count = 0
        for frame in self._waiting:
            if length + len(frame) > CHUNK:
                break
            length += len(frame)
            count += 1
        chunk = b"".join(self._waiting[:count])
        del self._waiting[:count]
        return chunk

    def _cut(self, why):
        self._lane.count_cut(why, self._size)
        self.abort()
