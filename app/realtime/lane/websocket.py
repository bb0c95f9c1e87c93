"""The server's side of one WebSocket: wsproto reads, an outbox writes."""

import ssl
from collections import deque

import gevent
from wsproto import ConnectionType, WSConnection
from wsproto.connection import Connection
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Ping, TextMessage
from wsproto.utilities import RemoteProtocolError

from .frames import message_frame, pong_frame
from .outbox import Outbox

RECEIVE_BYTES = 16 * 1024
CLOSING_SECONDS = 2
MESSAGE_TOO_BIG = 1009
NEVER_SENT = {1005, 1006, 1015}
# Left by python-engineio for eventlet: a class made for each request, 3 KiB as long as the connection lasts.
ONLY_FOR_EVENTLET = "eventlet.input"


class LaneWebSocket:
    """The WebSocket interface of an asynchronous driver of python-engineio: wait, send, close.

    It reads in the greenlet that the web server gave to the connection. Compression is never negotiated: a frame that
    is shared cannot be compressed for one reader.
    """

    def __init__(self, lane, handler, server):
        self._lane = lane
        self._handler = handler
        self._server = server

    def __call__(self, environ, start_response):
        try:
            sock, answer = _connection_of(environ), _handshake(environ)
        except RemoteProtocolError as error:
            start_response("400 BAD REQUEST", [("Content-Type", "text/plain")])
            return [str(error).encode()]
        environ.pop(ONLY_FOR_EVENTLET, None)
        sock.settimeout(self._server.ping_interval + 2 * self._server.ping_timeout)
        self._sock = sock
        self._connection = Connection(ConnectionType.SERVER)
        self._messages = deque()
        self._parts = []
        self._parts_size = 0
        self._hung_up = False
        self.outbox = Outbox(sock, self._lane)
        self.outbox.write(answer)
        try:
            self._handler(self)
        finally:
            self._hang_up()
        raise StopIteration  # how gunicorn is told that the connection is used up

    def wait(self):
        """Return the next message, str or bytes; None when there will be none."""
        while not self._messages:
            if self._hung_up or not self._receive():
                return None
        return self._messages.popleft()

    def send(self, data):
        """Send a message, str or bytes."""
        self.outbox.write(message_frame(data))

    def close(self):
        """Close the connection once everything is written."""
        self.outbox.end()

    def _receive(self):
        try:
            data = self._sock.recv(RECEIVE_BYTES)
        except OSError:
            data = b""
        if not data:
            self._hung_up = True
            return False
        self._connection.receive_data(data)
        for event in self._connection.events():
            self._take(event)
            if self._hung_up:
                break
        return True

    def _take(self, event):
        if isinstance(event, TextMessage | BytesMessage):
            self._take_part(event)
        elif isinstance(event, Ping):
            self.outbox.write(pong_frame(event.payload))
        elif isinstance(event, CloseConnection):
            self._hung_up = True
            self.outbox.end(_answered_code(event.code))

    def _take_part(self, event):
        self._parts.append(event.data)
        self._parts_size += len(event.data)
        if self._parts_size > self._server.max_http_buffer_size:
            self._hung_up = True
            self.outbox.end(MESSAGE_TOO_BIG)
        elif event.message_finished:
            whole = self._parts[0] if len(self._parts) == 1 else type(event.data)().join(self._parts)
            self._messages.append(whole if isinstance(whole, str) else bytes(whole))
            self._parts = []
            self._parts_size = 0

    def _hang_up(self):
        """Close after everything is written, and give the other side a moment to close first."""
        self.outbox.end()
        self.outbox.settle()
        if self._hung_up:
            return
        with gevent.Timeout(CLOSING_SECONDS, False):
            while not self._hung_up:
                self._messages.clear()
                self._receive()


def _connection_of(environ):
    sock = environ.get("gunicorn.socket")
    if sock is None:
        raise RuntimeError("The send lane runs under gunicorn's gevent worker")
    if isinstance(sock, ssl.SSLSocket):
        raise RuntimeError(  # noqa: TRY004 (a matter of the server, not of a type)
            "The send lane needs TLS to end in front of gunicorn"
        )
    return sock


def _handshake(environ):
    """Return the answer to the handshake, without any extension."""
    opening = WSConnection(ConnectionType.SERVER)
    headers = [
        (name[5:].replace("_", "-").encode(), value.encode("latin-1"))
        for name, value in environ.items()
        if name.startswith("HTTP_") and name != "HTTP_SEC_WEBSOCKET_EXTENSIONS"
    ]
    opening.initiate_upgrade_connection(headers, environ["PATH_INFO"])
    for _ in opening.events():
        pass
    return opening.send(AcceptConnection())


def _answered_code(code):
    """Return the code to answer a closing frame with: the same, except those never sent (RFC 6455 §7.4.1)."""
    return None if code in NEVER_SENT else code
