"""The first installation: whether it is still to be done, and by which link."""

import hashlib
import hmac
from datetime import datetime, timedelta
from enum import StrEnum

from app.models import now
from app.queries import settings
from app.queries.settings import Setting

LINK_LIFE = timedelta(days=1)


class LinkState(StrEnum):
    """State of a setup link.

    valid: it installs this server. used: the server is installed. wrong: mistyped, expired or replaced.
    """

    VALID = "valid"
    USED = "used"
    WRONG = "wrong"


def link_state(token: str) -> LinkState:
    """Return the state of a setup link. The comparison takes the same time for every token."""
    if settings.is_installed():
        return LinkState.USED
    expected = settings.get(Setting.SETUP_DIGEST, "")
    is_same = hmac.compare_digest(expected, digest_of(token))
    until = settings.get(Setting.SETUP_UNTIL)
    is_fresh = until is not None and datetime.fromisoformat(until) > now()
    return LinkState.VALID if is_same and is_fresh else LinkState.WRONG


def digest_of(token: str) -> str:
    """Return the digest of a token, which is stored instead of it."""
    return hashlib.sha256(token.encode()).hexdigest()
