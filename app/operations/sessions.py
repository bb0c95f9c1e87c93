"""Signing in and out. An account that does not exist, one that is disabled and a wrong password
are answered alike."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select, update

from app.errors import Invalid, NotFound
from app.events import SessionRevoked
from app.extensions import db
from app.identity import origin
from app.models import AccessScope, Account, Session, now
from app.operations import audit
from app.operations.sign_in_limits import count_attempt, reset_attempts
from app.queries.sessions import digest_of, open_sessions
from app.rules import addresses, hashing, scope
from app.transaction import operation, publish, touch_access

LAST_SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a device was last used."""


@dataclass(frozen=True)
class NewSession:
    """A device that has just been signed in. The token is told here once and stored nowhere."""

    token: str
    session_id: int
    account: Account


def sign_in(
    address: str, password: str, *, user_agent: str | None = None, known: Mapping[int, str] | None = None
) -> NewSession:
    """Sign a device in. Error: Invalid, the same whatever is wrong; TooMany, when one must wait.

    known: ids of accounts that have signed in on this device before, each with the name the device is counted by.
    The password is compared between two transactions: no connection is held while the processor works.
    """
    address = addresses.normalise(address)
    account = _find_account(address)
    device = (known or {}).get(account.id) if account is not None else None
    count_attempt(address, origin().ip, device)
    kept = account.password_hash if account is not None else None
    db.session.commit()
    if not hashing.matches(kept, password) or not account.is_active:
        _refuse_sign_in(account, address)
        raise Invalid(_("Address or password is wrong."), code="wrong_credentials", field="password")
    renewed = hashing.hashed(password) if hashing.is_outdated(kept) else None
    return _sign_in(account, address, renewed, user_agent, device)


def verify_credentials(address: str, password: str) -> Account:
    """Whose name and password these are, for a program that signs in with every request: no device is signed in.

    Only accounts of people; guests have no mail here. Errors: as of sign_in.
    """
    address = addresses.normalise(address)
    count_attempt(address, origin().ip)
    account = _find_account(address)
    kept = account.password_hash if account is not None else None
    db.session.commit()
    if not hashing.matches(kept, password) or not account.is_active or account.is_guest:
        _refuse_sign_in(account, address)
        raise Invalid(_("Address or password is wrong."), code="wrong_credentials", field="password")
    reset_attempts(address, origin().ip)
    return account


@operation
def open_session(account: Account, *, user_agent: str | None = None) -> NewSession:
    """Sign a device in that has just proved otherwise whose it is: after the installation."""
    token = secrets.token_urlsafe(32)
    session = Session(
        account_id=account.id,
        token_digest=digest_of(token),
        last_seen_at=now(),
        expires_at=_end_of(now()),
        ip=origin().ip,
        user_agent=(user_agent or "")[:300] or None,
    )
    db.session.add(session)
    db.session.flush()
    _note_last_sign_in(account)
    audit.record(account, "session.open", account, after={"session": session.id})
    return NewSession(token, session.id, account)


@operation
def sign_out(actor, session_id: int) -> None:
    """Sign one's own device out."""
    end_session(_find_own(actor, session_id))
    audit.record(actor, "session.close", actor, after={"session": session_id})


@operation
def revoke_session(actor, session_id: int) -> None:
    """Sign a device out from elsewhere: one's own, or as an administrator one of an account of
    one's scope."""
    session = db.session.get(Session, session_id)
    if session is None:
        raise NotFound()
    _require_may_revoke(actor, session.account_id)
    end_session(session)
    audit.record(actor, "session.revoke", session.account, after={"session": session_id})


@operation
def revoke_all_sessions(actor, account: Account, *, but: int | None = None) -> int:
    """Sign out every device of an account, but one session if told so. Gives how many there were."""
    _require_may_revoke(actor, account.id)
    found = [session for session in open_sessions(account) if session.id != but]
    for session in found:
        end_session(session)
    if found:
        audit.record(actor, "session.revoke", account, after={"sessions": [session.id for session in found]})
    return len(found)


@operation(audited=False)
def keep_alive(session: Session) -> None:
    """Note that a device is in use, and put its end off; at most once a minute is anything written."""
    if session.last_seen_at > now() - LAST_SEEN_EVERY:
        return
    statement = (
        update(Session)
        .where(Session.id == session.id, Session.last_seen_at < now() - LAST_SEEN_EVERY)
        .values(last_seen_at=now(), expires_at=_end_of(session.created_at), ip=origin().ip)
    )
    db.session.execute(statement, execution_options={"synchronize_session": False})


@operation
def _sign_in(
    account: Account, address: str, renewed: str | None, user_agent: str | None, device
) -> NewSession:
    """The network's row comes last: everybody behind one address waits for its lock."""
    signed_in = open_session(account, user_agent=user_agent)
    if renewed:
        _keep_hash(account, renewed)
    reset_attempts(address, origin().ip, device)
    return signed_in


@operation
def _refuse_sign_in(account: Account | None, address: str) -> None:
    """Note who was refused. What was typed is only kept when it is an address:
    it may have been a password."""
    name = address if "@" in address and " " not in address else "?"
    about = {
        "kind": "account",
        "id": getattr(account, "id", None),
        "domain_id": getattr(account, "domain_id", None),
    }
    audit.record(None, "session.refuse", name=name[:320], **about)


def _find_account(address: str) -> Account | None:
    return db.session.scalars(select(Account).where(Account.address == address)).one_or_none()


def _find_own(actor, session_id: int) -> Session:
    session = db.session.get(Session, session_id)
    if session is None or session.account_id != actor.id:
        raise NotFound()
    return session


def _require_may_revoke(actor, account_id: int) -> None:
    if actor.id != account_id:
        scope.require_may_touch(actor, scope.find_account(actor, account_id))


def end_session(session: Session) -> None:
    """Have a session end now. Open sockets hear of it at once here,
    and by the log of access in other processes."""
    if session.revoked_at is None:
        session.revoked_at = now()
        publish(SessionRevoked(session.id))
        touch_access(AccessScope.ACCOUNT, session.account_id)


def _end_of(opened_at: datetime) -> datetime:
    """When a device that is used now must sign in again: unused for long, or signed in for very long."""
    idle = now() + timedelta(days=current_app.config["SESSION_DAYS"])
    return min(idle, opened_at + timedelta(days=current_app.config["SESSION_KEEP_DAYS"]))


def _note_last_sign_in(account: Account) -> None:
    """Written past the row version: signing in must not disturb who edits the account."""
    _update_quietly(account, last_sign_in_at=now(), last_sign_in_ip=origin().ip)


def _keep_hash(account: Account, renewed: str) -> None:
    _update_quietly(account, password_hash=renewed)


def _update_quietly(account: Account, **values) -> None:
    statement = update(Account).where(Account.id == account.id).values(**values)
    db.session.execute(statement, execution_options={"synchronize_session": False})
