"""Sessions: sign-in and sign-out. Unknown accounts, disabled ones and wrong passwords are answered alike."""

import hashlib
import ipaddress
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.errors import Invalid, NotFound, TooMany
from app.events import SessionRevoked
from app.extensions import db
from app.identity import origin
from app.models import AccessScope, Account, Session, SignInFailure, now
from app.operations import audit
from app.operations.locks import execute_update
from app.queries.sessions import digest_of, open_sessions
from app.rules.accounts import addresses, passwords
from app.rules.rights import scope
from app.transaction import operation, publish, touch_access

# Precision of the time at which a session was last used.
LAST_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class NewSession:
    """A session that was just opened. token: for the cookie; only its digest is stored."""

    token: str
    session_id: int
    account: Account


def sign_in(
    address: str,
    password: str,
    *,
    user_agent: str | None = None,
    known_devices: Mapping[int, str] | None = None,
) -> NewSession:
    """Open a session with a password. Errors: Invalid, the same whatever is wrong; TooMany.

    known: ids of accounts that have signed in on this device before, each with the name its attempts are counted by.
    """
    address = addresses.normalise(address)
    account = _find_account(address)
    device = (known_devices or {}).get(account.id) if account is not None else None
    count_attempt(address, origin().ip, device)
    stored_hash = account.password_hash if account is not None else None
    account = _require_password(account, address, stored_hash, password)
    is_outdated = stored_hash is not None and passwords.needs_rehash(stored_hash)
    new_hash = passwords.hash_password(password) if is_outdated else None
    return _open_session(account, address, new_hash, user_agent, device)


def verify_credentials(address: str, password: str) -> Account:
    """Return the account of an address and a password, for programs that send both with every request.

    No session is opened. Guests have no mailbox here and are refused. Errors: as of sign_in.
    """
    address = addresses.normalise(address)
    count_attempt(address, origin().ip)
    account = _find_account(address)
    stored_hash = account.password_hash if account is not None else None
    account = _require_password(account, address, stored_hash, password, accepts_guests=False)
    reset_attempts(address, origin().ip)
    return account


@operation
def open_session(account: Account, *, user_agent: str | None = None) -> NewSession:
    """Open a session for a person who was authenticated otherwise, for example by the installation."""
    token = secrets.token_urlsafe(32)
    session = Session(
        account_id=account.id,
        token_digest=digest_of(token),
        last_seen_at=now(),
        expires_at=_expiry(now()),
        ip=origin().ip,
        user_agent=(user_agent or "")[:300] or None,
    )
    db.session.add(session)
    db.session.flush()
    _update_unversioned(account, last_sign_in_at=now(), last_sign_in_ip=origin().ip)
    audit.record(account, "session.open", account, after={"session": session.id})
    return NewSession(token, session.id, account)


@operation
def sign_out(actor: Account, session_id: int) -> None:
    """End one of the actor's own sessions. Error: NotFound."""
    session = db.session.get(Session, session_id)
    if session is None or session.account_id != actor.id:
        raise NotFound()
    end_session(session)
    audit.record(actor, "session.close", actor, after={"session": session_id})


@operation
def revoke_session(actor: Account, session_id: int) -> None:
    """End a session of the actor, or of an account they administer. Errors: NotFound, Forbidden."""
    session = db.session.get(Session, session_id)
    if session is None:
        raise NotFound()
    _require_may_revoke(actor, session.account_id)
    end_session(session)
    audit.record(actor, "session.revoke", session.account, after={"session": session_id})


@operation
def revoke_all_sessions(actor: Account, account: Account, *, but: int | None = None) -> int:
    """End all sessions of an account except the one with the id but. Return their number."""
    _require_may_revoke(actor, account.id)
    sessions = [session for session in open_sessions(account) if session.id != but]
    for session in sessions:
        end_session(session)
    if sessions:
        ids = [session.id for session in sessions]
        audit.record(actor, "session.revoke", account, after={"sessions": ids})
    return len(sessions)


@operation(audited=False)
def keep_alive(session: Session) -> None:
    """Note that a session is in use and postpone its expiry; written at most once a minute."""
    if session.last_seen_at > now() - LAST_SEEN_EVERY:
        return
    execute_update(
        update(Session)
        .where(Session.id == session.id, Session.last_seen_at < now() - LAST_SEEN_EVERY)
        .values(last_seen_at=now(), expires_at=_expiry(session.created_at), ip=origin().ip)
    )


def end_session(session: Session) -> None:
    """End a session within the running operation. Open sockets close at once, here and in other processes."""
    if session.revoked_at is None:
        session.revoked_at = now()
        # Other processes learn of it by the log of access changes.
        publish(SessionRevoked(session.id))
        touch_access(AccessScope.ACCOUNT, session.account_id)


def _require_password(
    account: Account | None,
    address: str,
    stored_hash: str | None,
    password: str,
    *,
    accepts_guests: bool = True,
) -> Account:
    # No connection is held while the processor compares. A missing hash takes as long as a wrong password.
    db.session.commit()
    is_correct = passwords.verify_password(stored_hash, password)
    if (
        account is None
        or not is_correct
        or not account.is_active
        or (account.is_guest and not accepts_guests)
    ):
        _record_refused_sign_in(account, address)
        raise Invalid(_("Address or password is wrong."), code="wrong_credentials", field="password")
    return account


@operation
def _open_session(
    account: Account, address: str, new_hash: str | None, user_agent: str | None, device: str | None
) -> NewSession:
    new_session = open_session(account, user_agent=user_agent)
    if new_hash:
        _update_unversioned(account, password_hash=new_hash)
    # The row of the network comes last: everybody behind one address waits for its lock.
    reset_attempts(address, origin().ip, device)
    return new_session


@operation
def _record_refused_sign_in(account: Account | None, address: str) -> None:
    # Only an address is recorded: other input may have been a password.
    name = address if "@" in address and " " not in address else "?"
    audit.record(
        None,
        "session.refuse",
        name=name[:320],
        kind="account",
        id=account.id if account is not None else None,
        domain_id=account.domain_id if account is not None else None,
    )


def _find_account(address: str) -> Account | None:
    return db.session.scalars(select(Account).where(Account.address == address)).one_or_none()


def _require_may_revoke(actor: Account, account_id: int) -> None:
    if actor.id != account_id:
        scope.require_may_touch(actor, scope.find_account(actor, account_id))


def _expiry(opened_at: datetime) -> datetime:
    """Return when a session that is used now ends: after days without use, or days after it was opened."""
    idle_until = now() + timedelta(days=current_app.config["SESSION_DAYS"])
    return min(idle_until, opened_at + timedelta(days=current_app.config["SESSION_KEEP_DAYS"]))


def _update_unversioned(account: Account, **values: Any) -> None:
    # The row version stays: signing in must not invalidate an administrator's form over the account.
    execute_update(update(Account).where(Account.id == account.id).values(**values))


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
