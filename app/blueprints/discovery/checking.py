"""Check of SmartDiscover: connections to all addresses at the same time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from app.integrations import network, probe
from app.integrations.network import Reach
from app.integrations.probe import ProbeResult
from app.rules import discovery

# The whole check; a web process goes on serving meanwhile, because its threads are greenlets.
SECONDS = 20

AT_ONCE = 6
PROTECTIONS = {discovery.SSL: "tls", discovery.STARTTLS: "starttls", discovery.SECOND_STARTTLS: "starttls"}
# Ports that who administers a domain may have this server connect to.
PORTS = sorted({443, 8443} | {port for one in discovery.PROTOCOLS for port in one.ports.values()})

GUARDED = Reach(ports=tuple(PORTS))


@dataclass(frozen=True)
class CheckResult:
    """Result of checking one value."""

    name: str
    value: str
    finding: ProbeResult


def check_values(values: dict[str, str], *, is_trusted: bool) -> list[CheckResult]:
    """Return the result for each value, in the guide's order. Takes up to SECONDS seconds.

    is_trusted: private networks may be reached; other people reach the Internet only.
    """
    reach = network.UNRESTRICTED if is_trusted else GUARDED
    checks = {name: look for name, look in _looks(values, reach) if look is not None}
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="discovery-check")
    try:
        futures = {name: pool.submit(look) for name, look in checks.items()}
        wait(futures.values(), timeout=SECONDS)
        return [
            CheckResult(name, values[name], _result(name, values, future)) for name, future in futures.items()
        ]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _looks(values: dict[str, str], reach: Reach):
    for protocol in discovery.PROTOCOLS:
        yield protocol.name, _look_at_protocol(protocol, values, reach)
    for url in discovery.URLS:
        value = values[url.name]
        yield url.name, partial(probe.probe_url, value, reach) if value else None


def _look_at_protocol(protocol: discovery.Protocol, values: dict, reach: Reach) -> Callable | None:
    host, kind = values[protocol.name], values[protocol.type_name]
    if not host:
        return None
    protection = PROTECTIONS.get(kind, "plain")
    return partial(probe.probe_service, protocol.name, host, protocol.ports[kind], protection, reach)


def _result(name: str, values: dict, future) -> ProbeResult:
    """Return the result of a check, or that it took too long."""
    if future.done() and not future.cancelled() and future.exception() is None:
        return future.result()
    host = urlsplit(values[name]).hostname or "" if name in discovery.ADDRESSES else values[name]
    is_late = not future.done() or future.cancelled()
    return ProbeResult(host, 0, problem="time" if is_late else "protocol")
