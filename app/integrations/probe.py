"""What is really there: a name that resolves, a port that answers, the certificate it shows, its greeting."""

import re
import socket
import ssl
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from app.integrations import certificates, fetch, network
from app.integrations.certificates import Certificate
from app.integrations.network import Deadline, Reach, Unreachable

LINE_BYTES_MAX = 512
"""Bytes of a greeting that are looked at; RFC 5321 §4.5.3.1.5 has no longer ones."""

LINES_MAX = 40
CAPABILITY_COMMANDS = {
    "smtp": b"EHLO teamchat.invalid\r\n",
    "imap": b"a1 CAPABILITY\r\n",
    "pop3": b"CAPA\r\n",
}
STARTTLS_COMMANDS = {"smtp": b"STARTTLS\r\n", "imap": b"a2 STARTTLS\r\n", "pop3": b"STLS\r\n"}
LAST_LINES = {"smtp": rb"\d{3} ", "imap": rb"a\d ", "pop3": rb"\.\r?\n|-ERR"}
"""The last line of an answer of several lines: RFC 5321 §4.2.1, RFC 3501 §7, RFC 1939 §3."""

XMPP = b"<stream:stream to='%s' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"


@dataclass(frozen=True)
class ProbeResult:
    """What was found, as far as one came.

    problem: why one came no further – dns, private, port, tcp, time, tls, protocol; detail: what the system said.
    distrust: why the certificate is not believed. status and location: of HTTP. greeting: first line of a mail server.
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
    """What stands at a URL of https: address, certificate, HTTP status. Redirects are told, not followed."""
    host, port = urlsplit(url).hostname or "", urlsplit(url).port or 443
    found = probe_tls(host, port, reach)
    if found.problem:
        return found
    try:
        answer = fetch.fetch(url, reach=reach, most_bytes=1, redirects=0, trust=network.unverified_context())
    except Unreachable as trouble:
        return replace(found, problem=trouble.code, detail=trouble.detail)
    return replace(found, status=answer.status, location=answer.headers.get("location"))


def probe_tls(host: str, port: int, reach: Reach) -> ProbeResult:
    """The certificate that a port shows, and whether this machine believes it for this name."""
    found = ProbeResult(host, port)
    deadline = Deadline(reach.seconds)
    try:
        addresses = network.resolve_host(host, port, reach)
        found = replace(found, addresses=tuple(addresses))
        line = network.connect(addresses, port, deadline)
        with line:
            return _with_certificate(found, line, addresses, deadline)
    except Unreachable as trouble:
        return replace(found, problem=trouble.code, detail=trouble.detail)


def probe_service(kind: str, host: str, port: int, protection: str, reach: Reach) -> ProbeResult:
    """What a mail, chat or voice server says on a port. protection: "plain", "tls" or "starttls"."""
    if protection == "tls":
        found = probe_tls(host, port, reach)
        return (
            found if found.problem or kind not in CAPABILITY_COMMANDS else _greeted(found, kind, True, reach)
        )
    return _greeted(ProbeResult(host, port), kind, False, reach, wants_tls=protection == "starttls")


def _greeted(
    found: ProbeResult, kind: str, is_encrypted: bool, reach: Reach, *, wants_tls=False
) -> ProbeResult:
    deadline = Deadline(reach.seconds)
    try:
        addresses = list(found.addresses) or network.resolve_host(found.host, found.port, reach)
        found = replace(found, addresses=tuple(addresses))
        with network.connect(addresses, found.port, deadline) as line:
            if kind == "sip":
                return found
            if is_encrypted:
                line = network.unverified_context().wrap_socket(line, server_hostname=found.host)
            greeting, offers = _conversation(kind, line, found.host, deadline)
            found = replace(found, greeting=greeting, has_starttls=None if is_encrypted else offers)
            if wants_tls and offers:
                found = _with_certificate(found, _begun(kind, line, deadline), addresses, deadline)
            return found
    except Unreachable as trouble:
        return replace(found, problem=trouble.code, detail=trouble.detail)
    except TimeoutError:
        return replace(found, problem="time")
    except (OSError, ValueError) as error:
        return replace(found, problem="protocol", detail=type(error).__name__)


def _conversation(kind: str, line, host: str, deadline: Deadline) -> tuple[str, bool]:
    """The first line, and whether STARTTLS is offered."""
    if kind == "xmpp":
        line.sendall(XMPP % host.encode("idna"))
        text = _until(line, rb"</stream:features>|/>\s*$", deadline)
        return ("XMPP" if b"<stream:stream" in text else ""), b"urn:ietf:params:xml:ns:xmpp-tls" in text
    greeting = _until(line, rb"\n", deadline)
    if not greeting.startswith((b"220", b"* OK", b"+OK")):
        raise Unreachable("protocol", _readable(greeting))
    line.sendall(CAPABILITY_COMMANDS[kind])
    offered = _until(line, rb"(?:^|\n)(?:%s)" % LAST_LINES[kind], deadline)
    return _readable(greeting), re.search(rb"STARTTLS|\bSTLS\b", offered, re.IGNORECASE) is not None


def _begun(kind: str, line, deadline: Deadline):
    """The same line, right before its handshake."""
    if kind == "xmpp":
        line.sendall(b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        _until(line, rb"<proceed", deadline)
    else:
        line.sendall(STARTTLS_COMMANDS[kind])
        _until(line, rb"\n", deadline)
    return line


def _until(line, end: bytes, deadline: Deadline) -> bytes:
    """What a server says up to a sign; what is too long is cut off."""
    said = b""
    while not re.search(end, said) and len(said) < LINE_BYTES_MAX * LINES_MAX:
        line.settimeout(deadline.left)
        piece = line.recv(4096)
        if not piece:
            break
        said += piece
    return said


def _with_certificate(
    found: ProbeResult, line: socket.socket, addresses: list[str], deadline: Deadline
) -> ProbeResult:
    """Shake hands without believing anything, read what is shown, then ask whether it would be believed."""
    try:
        line.settimeout(deadline.left)
        with network.unverified_context().wrap_socket(line, server_hostname=found.host) as secured:
            chain = tuple(map(certificates.describe_der, _chain_of(secured)))
    except certificates.UnfitCertificate as unfit:
        return replace(found, problem="tls", detail=unfit.code)
    except TimeoutError:
        return replace(found, problem="time")
    except (OSError, ValueError) as error:
        return replace(found, problem="tls", detail=getattr(error, "reason", None) or str(error))
    distrust = None if found.greeting else _distrust(found, addresses, deadline)
    return replace(found, certificate=chain[0] if chain else None, chain=chain, distrust=distrust)


def _distrust(found: ProbeResult, addresses: list[str], deadline: Deadline) -> str | None:
    line = network.connect(addresses, found.port, deadline)
    try:
        network.verified_context().wrap_socket(line, server_hostname=found.host).close()
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except OSError as error:
        return str(error)
    finally:
        line.close()
    return None


def _chain_of(secured: ssl.SSLSocket) -> list[bytes]:
    """The certificates that were shown, the server's own first. Before Python 3.13 only its inside has them."""
    if hasattr(secured, "get_unverified_chain"):
        return [bytes(one) for one in secured.get_unverified_chain()]
    inside = getattr(secured, "_sslobj", None)
    shown = inside.get_unverified_chain() if hasattr(inside, "get_unverified_chain") else None
    if shown:
        return [ssl.PEM_cert_to_DER_cert(one.public_bytes()) for one in shown]
    own = secured.getpeercert(binary_form=True)
    return [own] if own else []


def _readable(line: bytes) -> str:
    text = line[:LINE_BYTES_MAX].decode("utf-8", "replace").strip()
    return "".join(sign for sign in text if sign.isprintable())[:200]
