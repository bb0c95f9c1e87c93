"""The fetcher and its refusals: private addresses, other ports, redirects, size and time."""

import http.server
import socket
import ssl
import threading
import time

import pytest

from app.integrations import fetch, network, probe
from app.integrations.network import Reach, Unreachable
from deploy.local import authority

PRIVATE = [
    *("127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0::1"),
]


class Names:
    """A name service that answers each question with the next of its answers."""

    def __init__(self, monkeypatch, *answers: list[str]):
        self.answers, self.lookups = list(answers), []
        monkeypatch.setattr(socket, "getaddrinfo", self.resolve)

    def resolve(self, host, port, **_options):
        self.lookups.append(host)
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Start an https server on this machine, whose loopback address counts as public."""
    certificate = authority.server_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    monkeypatch.setattr(network, "is_public", lambda address: address == "127.0.0.1")
    yield server.server_port, ssl.create_default_context(cafile=tmp_path / "ca.pem")
    server.shutdown()
    server.server_close()


SLOW_BYTES = 200


class Pages(http.server.BaseHTTPRequestHandler):
    """Pages /large, /slow, /to/<url>, and a greeting. sent: bytes of /slow so far."""

    sent = 0

    def do_GET(self):
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        try:
            if self.path == "/slow":
                for number in range(SLOW_BYTES):
                    type(self).sent = number
                    self.wfile.write(b"x")
                    time.sleep(0.05)
            self.wfile.write(b"x" * 100_000 if self.path == "/large" else b"hello")
        except OSError:
            pass

    def log_message(self, *_arguments):
        """Log nothing."""


@pytest.mark.parametrize("address", PRIVATE)
def test_private_address_is_not_public(address):
    assert not network.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450::1"])
def test_internet_address_is_public(address):
    assert network.is_public(address)


@pytest.mark.parametrize("address", [address for address in PRIVATE if "%" not in address])
def test_private_address_is_not_connected_to(monkeypatch, address):
    Names(monkeypatch, [address])
    monkeypatch.setattr(network, "connect", lambda *_: pytest.fail("it connected"))
    for attempt in (lambda: fetch.fetch("https://evil.example/x"),):
        with pytest.raises(Unreachable) as refusal:
            attempt()
        assert refusal.value.code == "private"
    assert probe.probe_url("https://evil.example/x", Reach()).problem == "private"
    assert probe.probe_service("smtp", "evil.example", 25, "plain", Reach(ports=(25,))).problem == "private"


def test_host_with_one_private_address_is_refused(monkeypatch):
    Names(monkeypatch, ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(Unreachable, match="private"):
        network.resolve_host("evil.example", 443, Reach())


def test_connection_uses_the_address_that_was_checked(monkeypatch):
    names = Names(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    reached = []

    class RecordingSocket(socket.socket):
        def connect(self, address):
            reached.append(address)
            raise ConnectionRefusedError(111, "refused")

    monkeypatch.setattr(socket, "socket", RecordingSocket)
    with pytest.raises(Unreachable, match="tcp"):
        fetch.fetch("https://rebind.example/x")
    assert names.lookups == ["rebind.example"], "the name is resolved once"
    assert reached == [("8.8.8.8", 443)], "the connection goes to what was judged"


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/x", "https://[::1]/x", "https://[::ffff:10.0.0.1]/x", "https://0/"]
)
def test_numeric_private_url_is_refused(url):
    with pytest.raises(Unreachable):
        fetch.fetch(url)


def test_other_port_is_not_connected_to(monkeypatch):
    Names(monkeypatch, ["8.8.8.8"])
    for url in ("https://a.example:22/", "http://a.example/", "https://a.example:6379/"):
        with pytest.raises(Unreachable, match="port"):
            fetch.fetch(url)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://a.fr/x", "https://u:p@a.fr/", "https:///x", "https://a:b/"]
)
def test_invalid_url_is_not_fetched(url):
    with pytest.raises(Unreachable, match="protocol"):
        fetch.fetch(url)


def test_page_is_fetched_over_the_checked_address(site, monkeypatch):
    port, trust = site
    Names(monkeypatch, ["127.0.0.1"])
    answer = fetch.fetch(f"https://localhost:{port}/x", reach=Reach(ports=(port,)), trust=trust)
    assert (answer.status, answer.body, answer.is_cut) == (200, b"hello", False)


def test_redirect_into_a_private_network_is_refused(site, monkeypatch):
    port, trust = site
    Names(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
    with pytest.raises(Unreachable, match="private"):
        url = f"https://localhost:{port}/to/https://localhost:{port}/x"
        fetch.fetch(url, reach=Reach(ports=(port,)), trust=trust)


def test_too_many_redirects_are_refused(site, monkeypatch):
    port, trust = site
    Names(monkeypatch, ["127.0.0.1"])
    url = f"https://localhost:{port}/to//to//to//to//to//x"
    with pytest.raises(Unreachable, match="redirects"):
        fetch.fetch(url, reach=Reach(ports=(port,)), trust=trust, redirects=2)


def test_untrusted_certificate_ends_the_fetch(site, monkeypatch):
    port, _trust = site
    Names(monkeypatch, ["127.0.0.1"])
    with pytest.raises(Unreachable, match="tls"):
        fetch.fetch(f"https://localhost:{port}/x", reach=Reach(ports=(port,)))


def test_fetch_is_bounded_in_size_and_time(site, monkeypatch):
    port, trust = site
    Names(monkeypatch, ["127.0.0.1"])
    large = fetch.fetch(
        f"https://localhost:{port}/large", reach=Reach(ports=(port,)), trust=trust, most_bytes=1000
    )
    assert (len(large.body), large.is_cut) == (1000, True)
    with pytest.raises(Unreachable, match="time"):
        fetch.fetch(f"https://localhost:{port}/slow", reach=Reach(ports=(port,), seconds=0.6), trust=trust)
    assert Pages.sent < SLOW_BYTES - 1, "the whole answer was waited for"


def test_probe_returns_location_certificate_and_status(site, monkeypatch):
    port, _trust = site
    Names(monkeypatch, ["127.0.0.1"])
    result = probe.probe_url(f"https://localhost:{port}/to/https://elsewhere.fr/", Reach(ports=(port,)))
    assert (result.problem, result.status, result.location) == (None, 302, "https://elsewhere.fr/")
    assert result.certificate.names[0] == "localhost"
    assert result.certificate.issuer.startswith("TeamChat, local authority")
    assert "certificate" in result.distrust


@pytest.mark.parametrize(
    ("kind", "greeting", "offer", "has_starttls"),
    [
        ("smtp", b"220 mail.fr ESMTP\r\n", b"250-mail.fr\r\n250-STARTTLS\r\n250 SIZE\r\n", True),
        ("smtp", b"220 mail.fr ESMTP\r\n", b"250 mail.fr\r\n", False),
        ("imap", b"* OK ready\r\n", b"* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK\r\n", True),
        ("pop3", b"+OK ready\r\n", b"+OK\r\nSTLS\r\n.\r\n", True),
        ("pop3", b"+OK ready\r\n", b"-ERR\r\n", False),
    ],
)
def test_probe_returns_the_greeting_of_a_mail_server(kind, greeting, offer, has_starttls):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            connection, _where = listener.accept()
            with connection:
                connection.sendall(greeting)
                connection.recv(100)
                connection.sendall(offer)

        threading.Thread(target=serve, daemon=True).start()
        port = listener.getsockname()[1]
        result = probe.probe_service(kind, "127.0.0.1", port, "plain", network.UNRESTRICTED)
    assert (result.problem, result.greeting, result.has_starttls) == (
        None,
        greeting.decode().strip(),
        has_starttls,
    )


def test_probe_reports_a_server_of_another_protocol():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(
            target=lambda: listener.accept()[0].sendall(b"HTTP/1.1 400\r\n"), daemon=True
        ).start()
        result = probe.probe_service(
            "imap", "127.0.0.1", listener.getsockname()[1], "plain", network.UNRESTRICTED
        )
    assert (result.problem, result.detail) == ("protocol", "HTTP/1.1 400")


def test_probe_reports_a_closed_port():
    result = probe.probe_tls("127.0.0.1", 1, network.UNRESTRICTED)
    assert (result.problem, result.addresses) == ("tcp", ("127.0.0.1",))
