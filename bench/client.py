"""Many Socket.IO clients in one thread: raw sockets and epoll, to cost little."""

import json
import os
import re
import select
import socket
import struct
import time
from urllib.parse import urlsplit

POSTED = b'"client_id":"'
NUMBERED = re.compile(rb'"client_id":"([0-9a-f]{8})-0000-4000-8000-(\d{12})"')
NUMBERED_LENGTH = len(POSTED) + 37
ACCEPTED = b'[{"ok":true'
REFUSED = b'[{"ok":false'
PING, PONG = b"\x81\x012", b"3"
RECEIVE = 256 * 1024
KEEP = 63
PATIENCE = 60
TEXT, MASKED = 0x81, 0x80


class Refused(Exception):
    """Refusal of a client by the server."""


class Client:
    """One connection. It counts what arrives and reads no more of it than it must."""

    def __init__(self, address, cookie=""):
        self.address = address
        self._cookie = cookie
        self._tail = b""
        self._acknowledgement = 0
        self.posted = self.accepted = self.refused = 0
        self.closed = False
        self.sock = None
        self._frames = None

    def request_websocket(self):
        """Request a WebSocket."""
        self._acknowledgement = 0
        self.sock = _connected(self.address)
        lines = [
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
            f"Host: {urlsplit(self.address).netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: " + "A" * 22 + "==",
            "Sec-WebSocket-Version: 13",
            f"Origin: {self.address}",
            *([f"Cookie: {self._cookie}"] if self._cookie else []),
        ]
        self.sock.sendall("\r\n".join([*lines, "", ""]).encode())

    def request_connection(self):
        """Request the connection once the WebSocket is open."""
        head, _, rest = self._read_until(b"\r\n\r\n").partition(b"\r\n\r\n")
        if b" 101 " not in head.partition(b"\r\n")[0]:
            raise Refused(head.decode("latin-1"))
        self._frames = frames_of(self.sock, rest)
        self._await(b"0{")
        self.send(b"40")

    def await_connection(self):
        """Wait until the server has accepted this client."""
        self._await(b"40")

    def arrive(self):
        """Connect, all steps in turn."""
        self.request_websocket()
        self.request_connection()
        self.await_connection()
        return self

    def fileno(self):
        return self.sock.fileno()

    def emit(self, event, data):
        """Send an event that asks for an acknowledgement."""
        self._acknowledgement += 1
        self.send(b"42%d%s" % (self._acknowledgement, json.dumps([event, data]).encode()))

    def send(self, payload):
        """Send one text frame; the mask is of zeros, which the standard allows."""
        self.sock.setblocking(True)
        try:
            self.sock.sendall(masked_frame(payload))
        except OSError:
            self.closed = True
        self.sock.setblocking(False)

    def listen_again(self):
        """Wait for answers again, after the crowd was read as a whole and nothing is on its way."""
        self._frames = frames_of(self.sock)

    def answer(self):
        """Wait for the acknowledgement of the last event. Only before the crowd is read as a whole."""
        prefix = b"43%d[" % self._acknowledgement
        return json.loads(self._await(prefix)[len(prefix) - 1 :])[0]

    def wait_for(self, event):
        """Wait for an event, and return its data. Only before the crowd is read as a whole."""
        prefix = b'42["%s"' % event.encode()
        return json.loads(self._await(prefix)[2:])[1]

    def read(self, on_message=None):
        """Read the received data; `on_message` is called with poster and number of each numbered message."""
        try:
            data = self.sock.recv(RECEIVE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.closed = True
            return
        self._count(self._tail + data, on_message)

    def close(self):
        """Close the connection; the client may connect again."""
        self.sock.close()
        self.sock = None

    def _count(self, data, on_message):
        self.accepted += data.count(ACCEPTED)
        self.refused += data.count(REFUSED)
        if PING in data:
            self.send(PONG)
        if on_message is None:
            self.posted += data.count(POSTED)
        else:
            for poster, number in NUMBERED.findall(data):
                self.posted += 1
                on_message(poster, int(number))
        self._tail = _unfinished(data, len(POSTED) if on_message is None else NUMBERED_LENGTH)

    def _read_until(self, mark):
        data = b""
        while mark not in data:
            more = self.sock.recv(RECEIVE)
            if not more:
                raise Refused(data.decode("latin-1"))
            data += more
        return data

    def _await(self, prefix):
        self.sock.settimeout(PATIENCE)
        for payload in self._frames:
            if payload.startswith(prefix):
                return payload
            if payload == b"2":
                self.sock.sendall(masked_frame(PONG))
            elif payload.startswith(b"44"):
                break
        raise Refused(f"{self.address} does not say {prefix!r}")


class Crowd:
    """Many clients, read as their data arrives."""

    def __init__(self):
        self.clients = []
        self._poll = select.epoll()
        self._by_number = {}

    def add(self, client):
        """Read this client from now on; every request of it must have been answered."""
        client.sock.setblocking(False)
        self.clients.append(client)
        self._by_number[client.fileno()] = client
        self._poll.register(client.fileno(), select.EPOLLIN)

    def read(self, seconds, on_message=None):
        """Read what arrives, waiting at most so many seconds for the first of it."""
        for number, _ in self._poll.poll(max(seconds, 0)):
            client = self._by_number[number]
            client.read(on_message)
            if client.closed:
                self._poll.unregister(number)

    def read_received(self):
        """Read what has arrived, and answer pings, without waiting."""
        for client in self.clients:
            if not client.closed:
                client.read()

    def read_for(self, seconds, on_message=None):
        """Read what arrives during so many seconds."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.read(left, on_message)

    def total(self, name):
        """Return the sum of a counter over all clients."""
        return sum(getattr(client, name) for client in self.clients)

    def close(self):
        self._poll.close()
        for client in self.clients:
            client.close()


def masked_frame(payload):
    """Return a text frame of a client."""
    length = len(payload)
    if length < 126:
        head = struct.pack("!BB", TEXT, MASKED | length)
    elif length < 65536:
        head = struct.pack("!BBH", TEXT, MASKED | 126, length)
    else:
        head = struct.pack("!BBQ", TEXT, MASKED | 127, length)
    return head + b"\0\0\0\0" + payload


def frames_of(sock, data=b""):
    """Yield the payloads of a server's frames as they arrive."""
    while True:
        size = _frame_size(data)
        while size is None or len(data) < size[0] + size[1]:
            more = sock.recv(RECEIVE)
            if not more:
                return
            data += more
            size = _frame_size(data)
        head, length = size
        yield data[head : head + length]
        data = data[head + length :]


def new_poster():
    """Return a new prefix of client_ids for numbered messages."""
    return os.urandom(4).hex()


def message_id(poster, number):
    """Return the client_id of a poster's message."""
    return f"{poster}-0000-4000-8000-{number:012d}"


def _unfinished(data, posted_length):
    """Return the end of the data that may hold the beginning of a marker, without any marker already counted."""
    start = max(len(data) - KEEP, 0)
    for marker, length in ((POSTED, posted_length), (ACCEPTED, None), (REFUSED, None), (PING, None)):
        position = data.rfind(marker, start)
        if position >= 0 and position + (length or len(marker)) <= len(data):
            start = position + (length or len(marker))
    return data[start:]


def _frame_size(data):
    if len(data) < 2:
        return None
    short = data[1] & 0x7F
    if short < 126:
        return 2, short
    width = 2 if short == 126 else 8
    if len(data) < 2 + width:
        return None
    return 2 + width, int.from_bytes(data[2 : 2 + width], "big")


def _connected(address):
    parts = urlsplit(address)
    sock = socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock
