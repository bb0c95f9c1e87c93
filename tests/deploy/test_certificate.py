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


class Echo:
    """Stands for a web worker: takes a request to change to WebSocket, then gives back what comes."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                line, _where = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line):
        with line:
            line.recv(4096)
            line.sendall(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"
            )
            while said := line.recv(4096):
                line.sendall(said)


@pytest.fixture
def echo():
    server = Echo()
    yield server
    server.listener.close()


@pytest.fixture
def proxy(echo):
    """nginx as bin/run starts it, before the echo."""
    with Proxy(WebWorkers(1, {}, port=echo.port)) as server:
        yield server


def connect(proxy) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    line = context.wrap_socket(sockets.connect_tcp(proxy.port, 5), server_hostname="localhost")
    line.settimeout(5)
    return line


def fingerprint(proxy) -> str:
    with connect(proxy) as line:
        return hashlib.sha256(line.getpeercert(binary_form=True)).hexdigest()


def upgraded(proxy) -> ssl.SSLSocket:
    """A socket as a browser has it open."""
    line = connect(proxy)
    line.sendall(
        b"GET /socket.io/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"
    )
    assert b" 101 " in line.recv(4096)
    return line


def heard(line: ssl.SSLSocket, word: bytes) -> bytes:
    line.sendall(word)
    return line.recv(100)


def wait_until(condition, patience: float = 8) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


def install(proxy) -> str:
    """What the operation does to the disk. Gives the new certificate's fingerprint."""
    folder = proxy.folder / "tls"
    chain, key = certificates.make_self_signed("localhost", certificates.now())
    certificate_store.serve_certificate(
        folder, certificate_store.store_certificate(folder, chain, key, certificates.now())
    )
    (made,) = certificates.read_chain(chain)
    return certificates.describe(made).fingerprint.replace(":", "").lower()


def test_new_certificate_is_served_and_open_connections_stay(proxy):
    before = fingerprint(proxy)
    line = upgraded(proxy)
    assert heard(line, b"one") == b"one"
    wanted = install(proxy)
    assert wanted != before
    wait_until(lambda: fingerprint(proxy) == wanted)
    assert heard(line, b"two") == b"two"
    certificate_store.serve_certificate(proxy.folder / "tls", certificate_store.INITIAL)
    wait_until(lambda: fingerprint(proxy) == before)
    assert heard(line, b"three") == b"three"
    line.close()


def test_unreadable_certificate_changes_nothing(proxy):
    before = fingerprint(proxy)
    folder = proxy.folder / "tls"
    certificate_store.serve_certificate(
        folder, certificate_store.store_certificate(folder, b"no certificate", b"no key", certificates.now())
    )
    wait_until(lambda: "cannot load certificate" in proxy.log.read_text())
    assert fingerprint(proxy) == before
    wanted = install(proxy)
    wait_until(lambda: fingerprint(proxy) == wanted)


@pytest.mark.parametrize("lost", ["the watcher", "the master"])
def test_killed_nginx_frees_the_port(proxy, lost):
    family = psutil.Process(proxy.process.pid).children(recursive=True)
    victim = proxy.process.pid if lost == "the watcher" else family[0].pid
    psutil.Process(victim).send_signal(signal.SIGKILL)
    wait_until(lambda: proxy.process.poll() is not None)
    wait_until(lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in family))
    proxy.start()
    assert fingerprint(proxy)
