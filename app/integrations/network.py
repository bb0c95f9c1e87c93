"""Connections to servers that somebody names: resolved once, judged, and then made to that very address.

A name that resolves to a public address while it is judged and to a private one afterwards (DNS rebinding) gains
nothing: nobody asks for it a second time.
"""

import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass
from functools import cache

TRANSITION_NETWORKS = [
    ipaddress.ip_network(text)
    for text in ("::ffff:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
]
"""IPv6 addresses that stand for IPv4 ones: mapped, compatible, NAT64, 6to4, Teredo. What is behind them is not seen."""

ADDRESSES_MAX = 8


class Unreachable(Exception):
    """No connection. code: dns, private, port, tcp or time; detail: what the system said, for people."""

    def __init__(self, code: str, detail: str = ""):
        self.code, self.detail = code, detail
        super().__init__(code, detail)


@dataclass(frozen=True)
class Reach:
    """How far one may go. is_public_only: refuse networks of our own; ports: None for any; seconds: for everything."""

    is_public_only: bool = True
    ports: tuple[int, ...] | None = (443,)
    seconds: float = 8.0


UNRESTRICTED = Reach(is_public_only=False, ports=None)
"""For who administers the server, and may connect anywhere from it anyhow."""


class Deadline:
    """Seconds that are left for everything that is still to be done."""

    def __init__(self, seconds: float):
        self.until = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds, more than none. Error: Unreachable, when the time is over."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise Unreachable("time")
        return left


def is_public(address: str) -> bool:
    """Whether an address is one of the Internet: not private, loopback, link-local, multicast, shared (CGNAT) …"""
    given = ipaddress.ip_address(address.partition("%")[0])
    if given.version == 6 and any(given in network for network in TRANSITION_NETWORKS):
        return False
    return given.is_global and not (given.is_multicast or given.is_reserved or given.is_unspecified)


def resolve_host(host: str, port: int, reach: Reach) -> list[str]:
    """The addresses of a host, of which one may connect to any. Error: Unreachable.

    One that is not public spoils all of them: an honest name has no such mixture.
    """
    if reach.ports is not None and port not in reach.ports:
        raise Unreachable("port", str(port))
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("dns", getattr(error, "strerror", None) or str(error)) from None
    addresses = list(dict.fromkeys(entry[4][0] for entry in found))[:ADDRESSES_MAX]
    if not addresses:
        raise Unreachable("dns")
    if reach.is_public_only and not all(map(is_public, addresses)):
        raise Unreachable("private")
    return addresses


def connect(addresses: list[str], port: int, deadline: Deadline) -> socket.socket:
    """A connection to the first of these addresses that answers. Error: Unreachable."""
    trouble = Unreachable("tcp")
    for address in addresses:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        line = socket.socket(family, socket.SOCK_STREAM)
        line.settimeout(min(deadline.left, 4.0))
        try:
            line.connect((address, port))
        except TimeoutError:
            trouble = Unreachable("tcp", "timeout")
        except OSError as error:
            trouble = Unreachable("tcp", error.strerror or str(error))
        else:
            line.settimeout(deadline.left)
            return line
        line.close()
    raise trouble


@cache
def verified_context() -> ssl.SSLContext:
    """What believes the authorities of this machine. Made once: reading them all holds the processor for a while."""
    return ssl.create_default_context()


@cache
def unverified_context() -> ssl.SSLContext:
    """What shakes every hand, to see whose it is."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
