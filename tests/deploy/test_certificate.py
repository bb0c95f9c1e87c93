"""Change of the certificate under a running nginx."""

import hashlib
import signal
import socket
import ssl
import threading
import time

import psutil
import pytest

from app.integrations import certificate_store, certificates
from deploy.local import sockets
from tests.support.servers import Proxy, WebWorkers


class EchoServer:
    """A web worker that accepts an upgrade to WebSocket and echoes everything."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                connection, _where = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            connection.recv(4096)
            connection.sendall(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"
            )
            while data := connection.recv(4096):
                connection.sendall(data)


@pytest.fixture
def echo():
    server = EchoServer()
    yield server
    server.listener.close()


@pytest.fixture
def proxy(echo):
    """Start nginx in front of the echo server, as bin/run does."""
    with Proxy(WebWorkers(1, {}, port=echo.port)) as server:
        yield server


def connect(proxy) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = context.wrap_socket(sockets.connect_tcp(proxy.port, 5), server_hostname="localhost")
    connection.settimeout(5)
    return connection


def fingerprint(proxy) -> str:
    with connect(proxy) as connection:
        return hashlib.sha256(connection.getpeercert(binary_form=True)).hexdigest()


def open_websocket(proxy) -> ssl.SSLSocket:
    """Open a socket as a browser does."""
    connection = connect(proxy)
    connection.sendall(
        b"GET /socket.io/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"
    )
    assert b" 101 " in connection.recv(4096)
    return connection


def echoed(connection: ssl.SSLSocket, text: bytes) -> bytes:
    connection.sendall(text)
    return connection.recv(100)


def wait_until(condition, patience: float = 8) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


def install(proxy) -> str:
    """Store and serve a new certificate as the operation does, and return its fingerprint."""
    folder = proxy.folder / "tls"
    chain, key = certificates.make_self_signed("localhost", certificates.now())
    certificate_store.serve_certificate(
        folder, certificate_store.store_certificate(folder, chain, key, certificates.now())
    )
    (made,) = certificates.read_chain(chain)
    return certificates.describe(made).fingerprint.replace(":", "").lower()


def test_new_certificate_is_served_and_open_connections_stay(proxy):
    before = fingerprint(proxy)
    connection = open_websocket(proxy)
    assert echoed(connection, b"one") == b"one"
    installed = install(proxy)
    assert installed != before
    wait_until(lambda: fingerprint(proxy) == installed)
    assert echoed(connection, b"two") == b"two"
    certificate_store.serve_certificate(proxy.folder / "tls", certificate_store.INITIAL)
    wait_until(lambda: fingerprint(proxy) == before)
    assert echoed(connection, b"three") == b"three"
    connection.close()


def test_unreadable_certificate_changes_nothing(proxy):
    before = fingerprint(proxy)
    folder = proxy.folder / "tls"
    certificate_store.serve_certificate(
        folder, certificate_store.store_certificate(folder, b"no certificate", b"no key", certificates.now())
    )
    wait_until(lambda: "cannot load certificate" in proxy.log.read_text())
    assert fingerprint(proxy) == before
    installed = install(proxy)
    wait_until(lambda: fingerprint(proxy) == installed)


@pytest.mark.parametrize("lost", ["the watcher", "the master"])
def test_killed_nginx_frees_the_port(proxy, lost):
    family = psutil.Process(proxy.process.pid).children(recursive=True)
    victim = proxy.process.pid if lost == "the watcher" else family[0].pid
    psutil.Process(victim).send_signal(signal.SIGKILL)
    wait_until(lambda: proxy.process.poll() is not None)
    wait_until(
        lambda: (
            not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in family)
        )
    )
    proxy.start()
    assert fingerprint(proxy)
