"""Questions about signed-in devices."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.extensions import db
from app.models import Account, Session, now


@dataclass(frozen=True)
class DeviceView:
    """A signed-in device as its list shows it. Unknown browsers and systems are None."""

    id: int
    browser: str | None
    system: str | None
    ip: str | None
    since_at: datetime
    last_seen_at: datetime
    is_this: bool


BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {"Windows": "Windows", "Android": "Android", "iPhone": "iPhone", "iPad": "iPad"}
SYSTEMS |= {"CrOS": "ChromeOS", "Mac OS": "macOS", "Linux": "Linux"}
"""Words of a User-Agent header, the most telling first: Edge says that it is Chrome,
Chrome that it is Safari."""


def digest_of(token: str) -> bytes:
    """Return the digest of a session token, which is stored instead of it."""
    return hashlib.sha256(token.encode()).digest()


def find_by_token(token: str) -> Session | None:
    """Return the session that a token opens, with its account, if it may still be used. One statement."""
    statement = select(Session).where(
        Session.token_digest == digest_of(token), Session.revoked_at.is_(None), Session.expires_at > now()
    )
    session = db.session.scalars(statement).one_or_none()
    return session if session is not None and session.account.is_active else None


def open_sessions(account: Account) -> list[Session]:
    """Return the sessions of an account that may still be used, the latest used first."""
    statement = (
        select(Session)
        .where(Session.account_id == account.id, Session.revoked_at.is_(None), Session.expires_at > now())
        .order_by(Session.last_seen_at.desc(), Session.id.desc())
    )
    return list(db.session.scalars(statement))


def devices(account: Account, current_id: int | None = None) -> list[DeviceView]:
    """Return the devices an account is signed in on; current_id: the session that asks."""
    return [_view(session, session.id == current_id) for session in open_sessions(account)]


def _view(session: Session, is_this: bool) -> DeviceView:
    agent = session.user_agent or ""
    return DeviceView(
        id=session.id,
        browser=_first_named(BROWSERS, agent),
        system=_first_named(SYSTEMS, agent),
        ip=session.ip,
        since_at=session.created_at,
        last_seen_at=session.last_seen_at,
        is_this=is_this,
    )


def _first_named(names: dict[str, str], agent: str) -> str | None:
    return next((name for word, name in names.items() if word in agent), None)
