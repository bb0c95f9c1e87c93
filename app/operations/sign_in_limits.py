"""How often one may try to sign in: counted by account and by network in the database, forgotten after a day.

An attempt is counted before its password is looked at, so that many at once gain nothing; a success takes it
back. A device that has signed the account in before is counted by itself alone: strangers who guess cannot lock out
whose account it is.
"""

import hashlib
import ipaddress
from datetime import timedelta

from flask import current_app
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.errors import TooMany
from app.extensions import db
from app.models import SignInFailure, now
from app.transaction import operation

FAILURES_KEPT = timedelta(days=1)

PEOPLE_BEHIND_AN_ADDRESS = 10
"""An office shares one network address: it has that many times the free attempts of an account."""

REQUESTS_FREE = 3
"""Links to choose a password that are mailed to an address in a day without waiting."""


@operation(audited=False)
def count_attempt(address: str, ip: str | None, device: str | None = None) -> None:
    """Count an attempt for an account's address and a network address. Error: TooMany,
    when either must wait. device: the known device it comes from, which is counted instead."""
    _count(_subjects(address, ip, device))


@operation(audited=False)
def count_link_request(address: str, ip: str | None) -> None:
    """Count a request for a link to choose a password. Error: TooMany."""
    network = (_digest("links to network", network_of(ip)), REQUESTS_FREE * PEOPLE_BEHIND_AN_ADDRESS)
    _count([(_digest("links to", address), REQUESTS_FREE), network])


@operation(audited=False)
def count_ended_link_request(ip: str | None) -> None:
    """Count what somebody asks for through a link that has ended. Error: TooMany, without a word of signing in."""
    network = (_digest("asking from network", network_of(ip)), REQUESTS_FREE * PEOPLE_BEHIND_AN_ADDRESS)
    try:
        _count([network])
    except TooMany as refusal:
        raise TooMany(retry_after=refusal.retry_after) from None


def _count(subjects: list[tuple[bytes, int]]) -> None:
    memories = [(_memory_of(subject), free) for subject, free in subjects]
    _refuse_while_blocked([memory for memory, _free in memories])
    for memory, free in memories:
        memory.count = 1 if _is_forgotten(memory) else memory.count + 1
        memory.last_at = now()
        memory.blocked_until = _end_of_wait(memory.count, free)


@operation(audited=False)
def reset_attempts(address: str, ip: str | None, device: str | None = None) -> None:
    """Take the attempt back that succeeded: the account starts afresh, the network loses only this one.
    device: as it was counted; what strangers have tried elsewhere is not forgiven by it."""
    (own, _free), *networks = _subjects(address, ip, device)
    _memory_of(own).count = 0
    _memory_of(own).blocked_until = None
    for network, network_free in networks:
        _forgive_one(network, network_free)


def _forgive_one(network: bytes, network_free: int) -> None:
    shared = _memory_of(network)
    shared.count = max(0, shared.count - 1)
    shared.blocked_until = _end_of_wait(shared.count, network_free)


def network_of(ip: str | None) -> str:
    """What counts as one network address: an IPv4 address, or the 64 bits of an IPv6 one that a
    customer is given."""
    try:
        given = ipaddress.ip_address(ip or "")
    except ValueError:
        return ip or "unknown"
    if given.version == 6 and given.ipv4_mapped:
        return str(given.ipv4_mapped)
    return str(ipaddress.ip_network((given, 64 if given.version == 6 else 32), strict=False))


def _subjects(address: str, ip: str | None, device: str | None = None) -> list[tuple[bytes, int]]:
    """What is counted, as digests, with the attempts that are free; always in this order,
    so that nothing deadlocks."""
    free = current_app.config["SIGN_IN_FREE"]
    if device is not None:
        return [(_digest("device", f"{device}:{address}"), free)]
    return [
        (_digest("account", address), free),
        (_digest("network", network_of(ip)), free * PEOPLE_BEHIND_AN_ADDRESS),
    ]


def _digest(kind: str, text: str) -> bytes:
    return hashlib.sha256(f"{kind}:{text}".encode()).digest()


def _memory_of(subject: bytes) -> SignInFailure:
    """The row of a subject, locked, made if need be."""
    statement = select(SignInFailure).where(SignInFailure.subject == subject).with_for_update()
    memory = db.session.scalars(statement).one_or_none()
    if memory is not None:
        return memory
    try:
        with db.session.begin_nested():
            memory = SignInFailure(subject=subject, count=0, last_at=now())
            db.session.add(memory)
    except IntegrityError:
        memory = db.session.scalars(statement).one()
    return memory


def _is_forgotten(memory: SignInFailure) -> bool:
    return memory.last_at < now() - FAILURES_KEPT


def _end_of_wait(count: int, free: int):
    """Until when the next attempt must wait: a second after the last free one,
    then twice as long each time."""
    if count < free:
        return None
    longest = current_app.config["SIGN_IN_DELAY_MAX"]
    return now() + timedelta(seconds=min(2 ** min(count - free, 30), longest))


def _refuse_while_blocked(memories: list[SignInFailure]) -> None:
    ends = [
        memory.blocked_until for memory in memories if memory.blocked_until and memory.blocked_until > now()
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
