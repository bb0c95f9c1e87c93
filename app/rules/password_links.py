"""The mailed links by which a password is chosen: whose they are, and whether they still count."""

from datetime import timedelta

from app import links
from app.extensions import db
from app.models import Account, now

PURPOSE = "password"

# How long a link counts that somebody has asked for themselves.
FORGOTTEN = timedelta(hours=1)

# How long one counts that an administrator has sent.
SENT = timedelta(days=1)


def token_of(account: Account) -> str:
    """Return the token of an account's password link."""
    return links.token(PURPOSE, account.id, account.password_generation)


def account_of(token: str) -> Account | None:
    """Return the account of a password link; None if it was used, has expired, or the account is closed."""
    link = links.read(PURPOSE, token)
    account = db.session.get(Account, link.id) if link else None
    if account is None or account.password_generation != link.generation or not account.is_active:
        return None
    is_fresh = account.password_link_until is not None and account.password_link_until > now()
    return account if is_fresh else None
