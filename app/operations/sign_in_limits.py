"""Limits on sign-in attempts, counted in the database by account and by network and forgotten after a day.

An attempt is counted before its password is compared, so that many at once gain nothing; a success resets the count.
A device that has signed in to the account before is counted by itself: strangers who guess cannot lock its owner out.
"""

import hashlib
import ipaddress
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.errors import TooMany
from app.extensions import db
from app.models import SignInFailure, now
from app.transaction import operation

FAILURES_KEPT = timedelta(days=1)

# An office shares one network address: it has that many times the free attempts of an account.
PEOPLE_BEHIND_AN_ADDRESS = 10

# Password links that are mailed to an address in a day without waiting.
REQUESTS_FREE = 3


@operation(audited=False)
def count_attempt(address: str, ip: str | None, device: str | None = None) -> None:
    """Count a sign-in attempt for an account's address and a network address.

    device: the known device it comes from, which is counted instead. Error: TooMany while either must wait.
    """
    _count(_subjects(address, ip, device))


@operation(audited=False)
def count_link_request(address: str, ip: str | None) -> None:
    """Count a request for a link to choose a password. Error: TooMany."""
    network = (_digest("links to network", network_of(ip)), REQUESTS_FREE * PEOPLE_BEHIND_AN_ADDRESS)
    _count([(_digest("links to", address), REQUESTS_FREE), network])


@operation(audited=False)
def count_ended_link_request(ip: str | None) -> None:
    """Count a request that was made through a link that has ended. Error: TooMany, with a sentence of its own."""
    network = (_digest("asking from network", network_of(ip)), REQUESTS_FREE * PEOPLE_BEHIND_AN_ADDRESS)
    try:
        _count([network])
    except TooMany as refusal:
        raise TooMany(retry_after=refusal.retry_after) from None


@operation(audited=False)
def reset_attempts(address: str, ip: str | None, device: str | None = None) -> None:
    """Reset the count of an account after a success. The network loses this one attempt only.

    device: as it was counted; failures elsewhere stay counted.
    """
    (own, _free), *networks = _subjects(address, ip, device)
    counter = _locked_counter(own)
    counter.count = 0
    counter.blocked_until = None
    for network, network_free in networks:
        counter = _locked_counter(network)
        counter.count = max(0, counter.count - 1)
        counter.blocked_until = _blocked_until(counter.count, network_free)


def network_of(ip: str | None) -> str:
    """Return the network that counts as one: an IPv4 address, or the /64 of an IPv6 address, as a customer gets it."""
    try:
        address = ipaddress.ip_address(ip or "")
    except ValueError:
        return ip or "unknown"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64 if address.version == 6 else 32), strict=False))


def _subjects(address: str, ip: str | None, device: str | None = None) -> list[tuple[bytes, int]]:
    """Return the digests of what is counted, each with its free attempts. The order is fixed against deadlocks."""
    free = current_app.config["SIGN_IN_FREE"]
    if device is not None:
        return [(_digest("device", f"{device}:{address}"), free)]
    return [
        (_digest("account", address), free),
        (_digest("network", network_of(ip)), free * PEOPLE_BEHIND_AN_ADDRESS),
    ]


def _digest(kind: str, text: str) -> bytes:
    return hashlib.sha256(f"{kind}:{text}".encode()).digest()


def _count(subjects: list[tuple[bytes, int]]) -> None:
    counters = [(_locked_counter(subject), free) for subject, free in subjects]
    _refuse_while_blocked([counter for counter, _free in counters])
    for counter, free in counters:
        counter.count = 1 if counter.last_at < now() - FAILURES_KEPT else counter.count + 1
        counter.last_at = now()
        counter.blocked_until = _blocked_until(counter.count, free)


def _locked_counter(subject: bytes) -> SignInFailure:
    statement = select(SignInFailure).where(SignInFailure.subject == subject).with_for_update()
    counter = db.session.scalars(statement).one_or_none()
    if counter is not None:
        return counter
    try:
        with db.session.begin_nested():
            counter = SignInFailure(subject=subject, count=0, last_at=now())
            db.session.add(counter)
    except IntegrityError:
        counter = db.session.scalars(statement).one()
    return counter


def _blocked_until(count: int, free: int) -> datetime | None:
    """Return when the next attempt may come: a second after the last free one, then twice as long each time."""
    if count < free:
        return None
    longest = current_app.config["SIGN_IN_DELAY_MAX"]
    return now() + timedelta(seconds=min(2 ** min(count - free, 30), longest))


def _refuse_while_blocked(counters: list[SignInFailure]) -> None:
    ends = [
        counter.blocked_until
        for counter in counters
        if counter.blocked_until and counter.blocked_until > now()
    ]
    if not ends:
        return
    seconds = int((max(ends) - now()).total_seconds()) + 1
    raise TooMany(
        ngettext(
            "Too many attempts to sign in. Please try again in %(num)d second.",
            "Too many attempts to sign in. Please try again in %(num)d seconds.",
            seconds,
        ),
        code="sign_in_wait",
        retry_after=seconds,
    )
