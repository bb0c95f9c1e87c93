"""A WebSocket client that sees every byte: it reads only when told, and takes frames apart strictly."""

import base64
import json
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[3]
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
SMALL_BUFFER = 4096
SERVER_SAID = {TEXT, BINARY, CLOSE, PONG}
EVERYTHING = [
    "text",
    "déjà vu – 日本 🎉 \u2028 \x00",
    "half a pair \ud83d",
    "",
    0,
    None,
    [1, [2, {"a": []}]],
    {"html": "<p>é</p>" * 50},
    b"\x00\xff bytes",
    {"file": b"abc", "more": [b"", b"\x80" * 300]},
    "x" * 124,
    "x" * 200,
    "x" * 65_600,
    "é" * 70_000,
    b"y" * 70_000,
]
EPHEMERAL = re.compile(rb'"sid":"[^"]+"')


class Server:
    """tests/support/realtime/lane_app.py under gunicorn, as it is deployed. sends_by: "lane" or "library"."""

    def __init__(self, sends_by="lane", **environment):
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            self.port = sock.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = tempfile.TemporaryDirectory(prefix="lane-")
        self.unix = f"{self._folder.name}/sock"
        command = [sys.executable, "-m", "gunicorn", "-k", "gevent", "-w", "1", "--no-control-socket"]
        command += ["-b", f"127.0.0.1:{self.port}", "-b", f"unix:{self.unix}"]
        command += ["--graceful-timeout", "2", "--log-level", "warning"]
        self._process = subprocess.Popen(
            [*command, "tests.support.realtime.lane_app:app"],
            cwd=ROOT,
            env=os.environ | {"SENDS_BY": sends_by, "PYTHONPATH": str(ROOT)} | environment,
        )
        self._wait()

    def _wait(self):
        for _ in range(200):
            try:
                return socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert self._process.poll() is None, "the server ended"
                time.sleep(0.05)
        raise AssertionError("the server does not answer")

    def get(self, path, posted=None):
        """Return the body of a page."""
        with urllib.request.urlopen(self.url + path, posted, timeout=30) as answer:
            return answer.read()

    def state(self):
        """Return the server's own counters."""
        return json.loads(self.get("/state"))

    def state_when(self, is_so, seconds=10):
        """Return the server's counters as soon as they fulfil a condition."""
        until = time.monotonic() + seconds
        while not is_so(state := self.state()):
            assert time.monotonic() < until, state
            time.sleep(0.05)
        return state

    def stop(self):
        self._process.terminate()
        self._process.wait(10)
        self._folder.cleanup()


class Wire:
    """One WebSocket, byte by byte."""

    def __init__(self, server, receive_buffer=None, headers=(), connect=True, sid="", unix=False):
        self.sock = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
        if receive_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.settimeout(10)
        self.sock.connect(server.unix if unix else ("127.0.0.1", server.port))
        self._buffer = b""
        self._acknowledgement = 0
        self.head = self._shake_hands(headers, f"&sid={sid}" if sid else "")
        if connect:
            self.opening = [self.frame(), self.say("40") or self.frame()]

    def _shake_hands(self, headers, query):
        lines = [
            f"GET /socket.io/?EIO=4&transport=websocket{query} HTTP/1.1",
            "Host: 127.0.0.1",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            *headers,
        ]
        if not any(line.startswith("Sec-WebSocket-Key") for line in headers):
            lines.append(f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}")
        self.sock.sendall("\r\n".join([*lines, "", ""]).encode())
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        return head.decode()

    def say(self, payload, opcode=TEXT, final=True):
        """Send one masked frame."""
        payload = payload.encode() if isinstance(payload, str) else payload
        length, mask = len(payload), os.urandom(4)
        short = length if length < 126 else 126 if length < 65536 else 127
        extended = b"" if short < 126 else struct.pack("!H" if short == 126 else "!Q", length)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
        self.sock.sendall(bytes([0x80 * final | opcode, 0x80 | short]) + extended + mask + masked)

    def emit(self, *event):
        """Send an event that asks for an acknowledgement; its number."""
        self._acknowledgement += 1
        self.say(f"42{self._acknowledgement}{json.dumps(event)}")
        return self._acknowledgement

    def call(self, *event):
        """Send an event; everything up to its acknowledgement, which is last."""
        prefix = f"43{self.emit(*event)}".encode()
        found = [self.frame()]
        while not found[-1][1].startswith(prefix):
            found.append(self.frame())
        return found

    def frame(self):
        """Return the next frame as (opcode, payload): whole, final, unmasked, without extension bits."""
        self._have(2)
        first, second = self._buffer[:2]
        assert first & 0xF0 == 0x80, f"a frame begins with {self._buffer[:20]!r}"
        opcode, length, head = first & 0x0F, second, 2
        assert opcode in SERVER_SAID and second < 0x80, f"a frame begins with {self._buffer[:20]!r}"
        if length > 125:
            width = 2 if length == 126 else 8
            self._have(2 + width)
            length, head = int.from_bytes(self._buffer[2 : 2 + width], "big"), 2 + width
        self._have(head + length)
        payload, self._buffer = self._buffer[head : head + length], self._buffer[head + length :]
        if opcode == TEXT:
            payload.decode()
        return opcode, payload

    def frames_to_the_end(self):
        """Every frame until the server hangs up."""
        found = []
        while True:
            try:
                found.append(self.frame())
            except EOFError:
                return found

    def frames_to_the_goodbye(self):
        """Every frame until the server says that it closes, and that one."""
        found = [self.frame()]
        while found[-1][0] != CLOSE:
            found.append(self.frame())
        return found

    def vanish(self):
        """Reset the connection."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def close(self):
        """Leave as a browser does: the closing handshake, then the connection."""
        self.say(struct.pack("!H", 1000), CLOSE)
        found = self.frames_to_the_end()
        self.sock.close()
        return found

    def _have(self, size):
        while len(self._buffer) < size:
            self._more()

    def _more(self):
        data = self.sock.recv(65536)
        if not data:
            raise EOFError(self._buffer[:60])
        self._buffer += data


def lasting(frames):
    """Frames without what differs from one connection to the next."""
    return [(opcode, EPHEMERAL.sub(b'"sid":""', payload)) for opcode, payload in frames]
