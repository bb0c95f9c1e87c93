"""Pages of other servers, fetched for somebody who may not be trusted with our own network.

Every address is judged after it was resolved, and the connection goes to the very address that was judged; so does
every redirect. Ports, bytes, redirects and seconds are bounded.
"""

import http.client
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
    """What came back. body: at most as many bytes as asked for; is_cut: there was more; url: after all redirects."""

    url: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_cut: bool = False


class _Pinned(http.client.HTTPSConnection):
    """A connection over a line that is there already, to an address that was judged."""

    def __init__(self, host: str, port: int, line, context: ssl.SSLContext | None):
        super().__init__(host, port)
        self._line, self._trust = line, context

    def connect(self) -> None:
        trust = self._trust
        self.sock = trust.wrap_socket(self._line, server_hostname=self.host) if trust else self._line


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
    """Fetch a URL of https, or of http where the ports of reach allow it. trust: whose certificates are believed.

    Errors: Unreachable; also with the code "tls" for a certificate that is not believed, "protocol" for what is no
    answer, "redirects" for too many.
    """
    reach = reach or Reach()
    deadline = Deadline(reach.seconds)
    for _ in range(redirects + 1):
        answer = _once(url, method, reach, deadline, headers or {}, most_bytes, trust)
        target = answer.headers.get("location")
        if answer.status not in REDIRECTS or not target or not redirects:
            return answer
        url = urljoin(url, target)
    raise Unreachable("redirects")


def _once(url, method, reach, deadline, headers, most_bytes, trust) -> FetchResponse:
    scheme, host, port, path = _parts(url)
    line = connect(resolve_host(host, port, reach), port, deadline)
    context = (trust or verified_context()) if scheme == "https" else None
    connection = _Pinned(host, port, line, context)
    try:
        shown = {"User-Agent": AGENT, "Accept": "*/*", "Connection": "close", **headers}
        connection.request(method, path, headers=shown)
        given = connection.getresponse()
        body, is_cut = _read(given, most_bytes, line, deadline) if method != "HEAD" else (b"", False)
    except ssl.SSLError as error:
        raise Unreachable("tls", getattr(error, "verify_message", "") or error.reason or "") from None
    except TimeoutError:
        raise Unreachable("time") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable("protocol", type(error).__name__) from None
    finally:
        connection.close()
        line.close()
    found = {name.lower(): value for name, value in given.getheaders()}
    return FetchResponse(url, given.status, found, body, is_cut)


def _read(given, most_bytes: int, line, deadline: Deadline) -> tuple[bytes, bool]:
    """A server that gives a byte a second is not waited for either: the deadline is for the whole."""
    pieces, size = [], 0
    while size <= most_bytes:
        _keep_to(line, given, deadline)
        piece = given.read1(min(16_384, most_bytes + 1 - size))
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)[:most_bytes], size > most_bytes


def _keep_to(line, given, deadline: Deadline) -> None:
    left = deadline.left
    raw = getattr(getattr(given.fp, "raw", None), "_sock", None)
    (raw or line).settimeout(left)


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        given = urlsplit(url)
        port = given.port or {"https": 443, "http": 80}.get(given.scheme, 0)
    except ValueError:
        raise Unreachable("protocol", "URL") from None
    if given.scheme not in ("https", "http") or not given.hostname or given.username or given.password:
        raise Unreachable("protocol", "URL")
    path = given.path or "/"
    return given.scheme, given.hostname, port, f"{path}?{given.query}" if given.query else path
