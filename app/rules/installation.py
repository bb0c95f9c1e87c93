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
    """valid: it installs this server. used: the server is installed. wrong: mistyped, too old,
    or replaced."""

    VALID = "valid"
    USED = "used"
    WRONG = "wrong"


def link_state(token: str) -> LinkState:
    """What a link of the first installation is worth now. The comparison takes as long whatever is given."""
    if settings.is_installed():
        return LinkState.USED
    expected = settings.get(Setting.SETUP_DIGEST, "")
    is_same = hmac.compare_digest(expected, digest_of(token))
    until = settings.get(Setting.SETUP_UNTIL)
    is_fresh = until is not None and datetime.fromisoformat(until) > now()
    return LinkState.VALID if is_same and is_fresh else LinkState.WRONG


def digest_of(token: str) -> str:
    """What is stored of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()
