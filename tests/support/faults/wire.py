"""WebSockets for many clients of one test: one thread reads them all, whoever wants to writes."""

import base64
import contextlib
import os
import selectors
import socket
import struct
import threading
import time
from urllib.parse import urlsplit

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Wire:
    """One WebSocket (RFC 6455), the client end. on_text(wire, text) and on_end(wire) come from the reader's thread."""

    def __init__(self, url: str, path: str, headers: dict[str, str], on_text, on_end, timeout: float = 8):
        place = urlsplit(url)
        self.on_text, self.on_end = on_text, on_end
        self._received = bytearray()
        self._pieces = b""
        self._writing = threading.Lock()
        self._socket = socket.create_connection((place.hostname, place.port), timeout)
        try:
            self._shake_hands(place.netloc, path, headers)
        except BaseException:
            self._socket.close()
            raise
        self._socket.settimeout(timeout)
        READER.add(self)

    def fileno(self) -> int:
        """Return the socket's number, for the selector."""
        return self._socket.fileno()

    def send(self, payload: str | bytes, opcode: int | None = None) -> None:
        """Write one masked frame. Error: OSError."""
        data = payload.encode("utf-8", "surrogatepass") if isinstance(payload, str) else payload
        opcode = opcode or (TEXT if isinstance(payload, str) else BINARY)
        length = len(data)
        if length < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | length)
        elif length < 65536:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, length)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, length)
        with self._writing:
            self._socket.sendall(head + b"\0\0\0\0" + data)

    def cut(self) -> None:
        """Break the connection; on_end follows."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def read(self) -> None:
        """Take what has come. Called by the reader."""
        data = self._socket.recv(1 << 18)
        if not data:
            raise EOFError
        self._received += data
        self._take_frames()

    def end(self) -> None:
        """Close for good. Called by the reader."""
        self._socket.close()
        self.on_end(self)

    def _shake_hands(self, host: str, path: str, headers: dict[str, str]) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        own = {"Host": host, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        lines = [f"{name}: {value}" for name, value in {**own, "Sec-WebSocket-Key": key, **headers}.items()]
        self._socket.sendall("\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode())
        head = b""
        while b"\r\n\r\n" not in head:
            piece = self._socket.recv(65536)
            if not piece:
                raise ConnectionError("closed during the handshake")
            head += piece
        head, _, rest = head.partition(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise ConnectionRefusedError(head.split(b"\r\n")[0].decode())
        self._received += rest

    def _take_frames(self) -> None:
        place, received = 0, self._received
        while len(received) - place >= 2:
            length, start = received[place + 1], place + 2
            if length >= 126:
                size = 2 if length == 126 else 8
                if len(received) < start + size:
                    break
                length, start = int.from_bytes(received[start : start + size], "big"), start + size
            if len(received) < start + length:
                break
            self._take_frame(received[place], bytes(received[start : start + length]))
            place = start + length
        del received[:place]

    def _take_frame(self, first: int, payload: bytes) -> None:
        opcode = first & 0x0F
        if opcode == CLOSE:
            raise EOFError
        if opcode == PING:
            self.send(payload, PONG)
        elif opcode in (0, TEXT):
            self._pieces += payload
            if first & 0x80:
                text, self._pieces = self._pieces.decode(), b""
                self.on_text(self, text)


class Reader:
    """The thread that reads every wire, and makes calls that are due."""

    def __init__(self):
        self._selector = selectors.DefaultSelector()
        self._calls: list[tuple[float, object, tuple]] = []
        self._lock = threading.Lock()
        self._ear, self._mouth = socket.socketpair()
        self._new: list[Wire] = []
        self._selector.register(self._ear, selectors.EVENT_READ, None)
        self._thread: threading.Thread | None = None

    def add(self, wire: Wire) -> None:
        """Read this wire too."""
        with self._lock:
            self._new.append(wire)
            self._begin()
        self._mouth.send(b"!")

    def later(self, seconds: float, call, *args) -> None:
        """Make a call in the reader's thread after a while."""
        with self._lock:
            self._calls.append((time.monotonic() + seconds, call, args))
            self._begin()

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while True:
            for key, _ in self._selector.select(0.02):
                if key.data is None:
                    self._take_new()
                else:
                    self._read(key.data)
            self._make_calls()

    def _take_new(self) -> None:
        self._ear.recv(1000)
        with self._lock:
            fresh, self._new = self._new, []
        for wire in fresh:
            self._selector.register(wire, selectors.EVENT_READ, wire)
            if wire._received:
                self._try(wire, wire._take_frames)

    def _read(self, wire: Wire) -> None:
        self._try(wire, wire.read)

    def _try(self, wire: Wire, read) -> None:
        try:
            read()
        except (OSError, EOFError):
            self._selector.unregister(wire)
            wire.end()

    def _make_calls(self) -> None:
        now = time.monotonic()
        with self._lock:
            due = [call for call in self._calls if call[0] <= now]
            if due:
                self._calls = [call for call in self._calls if call[0] > now]
        for _, call, args in due:
            call(*args)


READER = Reader()
