"""HTTP client for URLs given by people who must not reach our own network.

Each address is checked after it was resolved, and the connection is made to the checked address, also for redirects.
Ports, bytes, redirects and seconds are limited.
"""

import http.client
import socket
import ssl
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from app.integrations.network import Deadline, Reach, Unreachable, connect, resolve_host, verified_context

BYTES_MAX = 512 * 1024
REDIRECTS_MAX = 3
AGENT = "TeamChat"
REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class FetchResponse:
    """A response. body: at most as many bytes as requested; is_cut: there were more; url: after all redirects."""

    url: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_cut: bool = False


class _ConnectedHTTP(http.client.HTTPSConnection):
    """An HTTP connection over a socket that is connected to a checked address. context: None without TLS."""

    def __init__(self, host: str, port: int, connected: socket.socket, context: ssl.SSLContext | None):
        super().__init__(host, port)
        self._connected, self._tls = connected, context

    def connect(self) -> None:
        tls = self._tls
        self.sock = tls.wrap_socket(self._connected, server_hostname=self.host) if tls else self._connected


def fetch(
    url: str,
    *,
    method: str = "GET",
    reach: Reach | None = None,
    headers: dict[str, str] | None = None,
    most_bytes: int = BYTES_MAX,
    redirects: int = REDIRECTS_MAX,
    trust: ssl.SSLContext | None = None,
) -> FetchResponse:
    """Fetch a URL of https, or of http if the ports of reach allow it. trust: the context that verifies certificates.

    Error: Unreachable; with the code "tls" for an invalid certificate, "protocol" for an invalid response, "redirects"
    for too many.
    """
    reach = reach or Reach()
    deadline = Deadline(reach.seconds)
    for _ in range(redirects + 1):
        response = _fetch_once(url, method, reach, deadline, headers or {}, most_bytes, trust)
        target = response.headers.get("location")
        if response.status not in REDIRECTS or not target or not redirects:
            return response
        url = urljoin(url, target)
    raise Unreachable("redirects")


def _fetch_once(
    url: str,
    method: str,
    reach: Reach,
    deadline: Deadline,
    headers: dict[str, str],
    most_bytes: int,
    trust: ssl.SSLContext | None,
) -> FetchResponse:
    scheme, host, port, path = _parts(url)
    connected = connect(resolve_host(host, port, reach), port, deadline)
    context = (trust or verified_context()) if scheme == "https" else None
    connection = _ConnectedHTTP(host, port, connected, context)
    try:
        sent = {"User-Agent": AGENT, "Accept": "*/*", "Connection": "close", **headers}
        connection.request(method, path, headers=sent)
        response = connection.getresponse()
        body, is_cut = _read(response, most_bytes, connected, deadline) if method != "HEAD" else (b"", False)
    except ssl.SSLError as error:
        raise Unreachable("tls", getattr(error, "verify_message", "") or error.reason or "") from None
    except TimeoutError:
        raise Unreachable("time") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable("protocol", type(error).__name__) from None
    finally:
        connection.close()
        connected.close()
    received = {name.lower(): value for name, value in response.getheaders()}
    return FetchResponse(url, response.status, received, body, is_cut)


def _read(
    response: http.client.HTTPResponse, most_bytes: int, connected: socket.socket, deadline: Deadline
) -> tuple[bytes, bool]:
    """Read the body within the deadline for the whole response, however slowly the server sends."""
    pieces, size = [], 0
    while size <= most_bytes:
        _set_timeout(connected, response, deadline)
        piece = response.read1(min(16_384, most_bytes + 1 - size))
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)[:most_bytes], size > most_bytes


def _set_timeout(connected: socket.socket, response: http.client.HTTPResponse, deadline: Deadline) -> None:
    # With TLS the response reads from the wrapped socket, which has a timeout of its own.
    wrapped = getattr(getattr(response.fp, "raw", None), "_sock", None)
    (wrapped or connected).settimeout(deadline.left)


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        raise Unreachable("protocol", "URL") from None
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.password:
        raise Unreachable("protocol", "URL")
    path = parts.path or "/"
    return parts.scheme, parts.hostname, port, f"{path}?{parts.query}" if parts.query else path
