"""Connections to hosts given by people: resolved once, checked, and made to the checked address.

A name that resolves to a public address when checked and to a private one later (DNS rebinding) gains nothing, as it is
never resolved a second time.
"""

import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass
from functools import cache

# IPv6 addresses that contain IPv4 ones: mapped, compatible, NAT64, 6to4, Teredo. Their targets are not checked.
TRANSITION_NETWORKS = [
    ipaddress.ip_network(text)
    for text in ("::ffff:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
]

ADDRESSES_MAX = 8

# Seconds for a connection to one address, so that the next one is tried within the deadline.
CONNECT_TIMEOUT = 4.0


class Unreachable(Exception):
    """A connection that failed. code: dns, private, port, tcp or time; detail: the system's message, for people."""

    def __init__(self, code: str, detail: str = ""):
        self.code, self.detail = code, detail
        super().__init__(code, detail)


@dataclass(frozen=True)
class Reach:
    """Limits of connections. is_public_only: refuse private networks; ports: None for any; seconds: for everything."""

    is_public_only: bool = True
    ports: tuple[int, ...] | None = (443,)
    seconds: float = 8.0


# For server administrators, who can connect anywhere from the server anyway.
UNRESTRICTED = Reach(is_public_only=False, ports=None)


class Deadline:
    """A moment by which a sequence of steps must be over."""

    def __init__(self, seconds: float):
        self.until = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Return the seconds left, more than none. Error: Unreachable, when the time is over."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise Unreachable("time")
        return left


def is_public(address: str) -> bool:
    """Return whether an address is public: not private, loopback, link-local, multicast, shared (CGNAT) and so on."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if parsed.version == 6 and any(parsed in network for network in TRANSITION_NETWORKS):
        return False
    return parsed.is_global and not (parsed.is_multicast or parsed.is_reserved or parsed.is_unspecified)


def resolve_host(host: str, port: int, reach: Reach) -> list[str]:
    """Return the addresses of a host, to all of which the reach allows connections. Error: Unreachable.

    If one address is not public, all are refused: honest names do not mix them.
    """
    if reach.ports is not None and port not in reach.ports:
        raise Unreachable("port", str(port))
    try:
        entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("dns", getattr(error, "strerror", None) or str(error)) from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in entries))[:ADDRESSES_MAX]
    if not addresses:
        raise Unreachable("dns")
    if reach.is_public_only and not all(map(is_public, addresses)):
        raise Unreachable("private")
    return addresses


def connect(addresses: list[str], port: int, deadline: Deadline) -> socket.socket:
    """Return a connection to the first address that answers. Error: Unreachable."""
    failure = Unreachable("tcp")
    for address in addresses:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.settimeout(min(deadline.left, CONNECT_TIMEOUT))
        try:
            connection.connect((address, port))
        except TimeoutError:
            failure = Unreachable("tcp", "timeout")
        except OSError as error:
            failure = Unreachable("tcp", error.strerror or str(error))
        else:
            connection.settimeout(deadline.left)
            return connection
        connection.close()
    raise failure


@cache
def verified_context() -> ssl.SSLContext:
    """Return an SSL context that trusts this machine's authorities. Loading them takes long, so it is made once."""
    return ssl.create_default_context()


@cache
def unverified_context() -> ssl.SSLContext:
    """Return an SSL context that accepts any certificate, for inspection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
