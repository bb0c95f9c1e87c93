"""Probes of servers: name resolution, connection, certificate, HTTP status and greeting."""

import re
import socket
import ssl
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from app.integrations import certificates, fetch, network
from app.integrations.certificates import Certificate
from app.integrations.network import Deadline, Reach, Unreachable

# Bytes of a line that are read; RFC 5321 §4.5.3.1.5 has no longer ones.
LINE_BYTES_MAX = 512

LINES_MAX = 40
CAPABILITY_COMMANDS = {
    "smtp": b"EHLO teamchat.invalid\r\n",
    "imap": b"a1 CAPABILITY\r\n",
    "pop3": b"CAPA\r\n",
}
STARTTLS_COMMANDS = {"smtp": b"STARTTLS\r\n", "imap": b"a2 STARTTLS\r\n", "pop3": b"STLS\r\n"}

# The last line of a response of several lines: RFC 5321 §4.2.1, RFC 3501 §7, RFC 1939 §3.
LAST_LINES = {"smtp": rb"\d{3} ", "imap": rb"a\d ", "pop3": rb"\.\r?\n|-ERR"}

XMPP = b"<stream:stream to='%s' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"


@dataclass(frozen=True)
class ProbeResult:
    """The result of a probe, as far as it came.

    problem: reason for stopping – dns, private, port, tcp, time, tls, protocol; detail: the system's message.
    distrust: reason for an invalid certificate. status and location: of HTTP. greeting: first line of a mail server.
    """

    host: str
    port: int
    addresses: tuple[str, ...] = ()
    certificate: Certificate | None = None
    chain: tuple[Certificate, ...] = ()
    distrust: str | None = None
    status: int | None = None
    location: str | None = None
    greeting: str | None = None
    has_starttls: bool | None = None
    problem: str | None = None
    detail: str = ""


def probe_url(url: str, reach: Reach) -> ProbeResult:
    """Probe a URL of https: address, certificate and HTTP status, without following redirects."""
    host, port = urlsplit(url).hostname or "", urlsplit(url).port or 443
    result = probe_tls(host, port, reach)
    if result.problem:
        return result
    try:
        response = fetch.fetch(
            url, reach=reach, most_bytes=1, redirects=0, trust=network.unverified_context()
        )
    except Unreachable as error:
        return replace(result, problem=error.code, detail=error.detail)
    return replace(result, status=response.status, location=response.headers.get("location"))


def probe_tls(host: str, port: int, reach: Reach) -> ProbeResult:
    """Probe the certificate of a port, and whether this machine trusts it for this name."""
    result = ProbeResult(host, port)
    deadline = Deadline(reach.seconds)
    try:
        addresses = network.resolve_host(host, port, reach)
        result = replace(result, addresses=tuple(addresses))
        with network.connect(addresses, port, deadline) as connection:
            return _with_certificate(result, connection, addresses, deadline)
    except Unreachable as error:
        return replace(result, problem=error.code, detail=error.detail)


def probe_service(kind: str, host: str, port: int, protection: str, reach: Reach) -> ProbeResult:
    """Probe a mail, chat or voice server. protection: "plain", "tls" or "starttls"."""
    if protection == "tls":
        result = probe_tls(host, port, reach)
        if result.problem or kind not in CAPABILITY_COMMANDS:
            return result
        return _with_greeting(result, kind, True, reach)
    return _with_greeting(
        ProbeResult(host, port), kind, False, reach, requires_starttls=protection == "starttls"
    )


def _with_greeting(
    result: ProbeResult, kind: str, is_encrypted: bool, reach: Reach, *, requires_starttls: bool = False
) -> ProbeResult:
    deadline = Deadline(reach.seconds)
    try:
        addresses = list(result.addresses) or network.resolve_host(result.host, result.port, reach)
        result = replace(result, addresses=tuple(addresses))
        with network.connect(addresses, result.port, deadline) as connection:
            if kind == "sip":
                return result
            stream = connection
            if is_encrypted:
                stream = network.unverified_context().wrap_socket(connection, server_hostname=result.host)
            greeting, offers_tls = _read_greeting(kind, stream, result.host, deadline)
            result = replace(result, greeting=greeting, has_starttls=None if is_encrypted else offers_tls)
            if requires_starttls and offers_tls:
                _start_tls(kind, stream, deadline)
                result = _with_certificate(result, stream, addresses, deadline)
            return result
    except Unreachable as error:
        return replace(result, problem=error.code, detail=error.detail)
    except TimeoutError:
        return replace(result, problem="time")
    except (OSError, ValueError) as error:
        return replace(result, problem="protocol", detail=type(error).__name__)


def _read_greeting(kind: str, stream: socket.socket, host: str, deadline: Deadline) -> tuple[str, bool]:
    """Return the first line, and whether STARTTLS is offered."""
    if kind == "xmpp":
        stream.sendall(XMPP % host.encode("idna"))
        text = _read_until(stream, rb"</stream:features>|/>\s*$", deadline)
        return ("XMPP" if b"<stream:stream" in text else ""), b"urn:ietf:params:xml:ns:xmpp-tls" in text
    greeting = _read_until(stream, rb"\n", deadline)
    if not greeting.startswith((b"220", b"* OK", b"+OK")):
        raise Unreachable("protocol", _printable(greeting))
    stream.sendall(CAPABILITY_COMMANDS[kind])
    capabilities = _read_until(stream, rb"(?:^|\n)(?:%s)" % LAST_LINES[kind], deadline)
    return _printable(greeting), re.search(rb"STARTTLS|\bSTLS\b", capabilities, re.IGNORECASE) is not None


def _start_tls(kind: str, stream: socket.socket, deadline: Deadline) -> None:
    """Ask for TLS. The handshake must follow."""
    if kind == "xmpp":
        stream.sendall(b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        _read_until(stream, rb"<proceed", deadline)
    else:
        stream.sendall(STARTTLS_COMMANDS[kind])
        _read_until(stream, rb"\n", deadline)


def _read_until(stream: socket.socket, end: bytes, deadline: Deadline) -> bytes:
    """Read up to a match of end, or up to the longest response."""
    received = b""
    while not re.search(end, received) and len(received) < LINE_BYTES_MAX * LINES_MAX:
        stream.settimeout(deadline.left)
        piece = stream.recv(4096)
        if not piece:
            break
        received += piece
    return received


def _with_certificate(
    result: ProbeResult, connection: socket.socket, addresses: list[str], deadline: Deadline
) -> ProbeResult:
    """Read the certificates in a handshake that accepts any, then verify them in a second connection."""
    try:
        connection.settimeout(deadline.left)
        with network.unverified_context().wrap_socket(connection, server_hostname=result.host) as secured:
            chain = tuple(map(certificates.describe_der, _chain_of(secured)))
    except certificates.UnfitCertificate as error:
        return replace(result, problem="tls", detail=error.code)
    except TimeoutError:
        return replace(result, problem="time")
    except (OSError, ValueError) as error:
        return replace(result, problem="tls", detail=getattr(error, "reason", None) or str(error))
    distrust = None if result.greeting else _distrust(result, addresses, deadline)
    return replace(result, certificate=chain[0] if chain else None, chain=chain, distrust=distrust)


def _distrust(result: ProbeResult, addresses: list[str], deadline: Deadline) -> str | None:
    connection = network.connect(addresses, result.port, deadline)
    try:
        network.verified_context().wrap_socket(connection, server_hostname=result.host).close()
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except OSError as error:
        return str(error)
    finally:
        connection.close()
    return None


def _chain_of(secured: ssl.SSLSocket) -> list[bytes]:
    """Return the server's certificates in DER, its own first."""
    if hasattr(secured, "get_unverified_chain"):
        return [bytes(certificate) for certificate in secured.get_unverified_chain()]
    # Before Python 3.13 only the private object has them.
    ssl_object = getattr(secured, "_sslobj", None)
    chain = getattr(ssl_object, "get_unverified_chain", lambda: None)()
    if chain:
        return [ssl.PEM_cert_to_DER_cert(certificate.public_bytes()) for certificate in chain]
    own = secured.getpeercert(binary_form=True)
    return [own] if own else []


def _printable(line: bytes) -> str:
    text = line[:LINE_BYTES_MAX].decode("utf-8", "replace").strip()
    return "".join(character for character in text if character.isprintable())[:200]
