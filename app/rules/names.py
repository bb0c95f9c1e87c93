"""Names and descriptions: what people type to be read by others."""

import unicodedata

from flask_babel import gettext as _

from app.errors import Invalid
from app.i18n import LANGUAGE_NAMES
from app.models import AccountState

NAME_MAXIMUM = 200
DESCRIPTION_MAXIMUM = 500
"""Characters, as the columns hold them."""


def checked_name(text: str | None, *, field: str = "name") -> str:
    """A name on one line, not empty and not too long. Error: Invalid."""
    name = " ".join(_visible(text).split())
    if not name:
        raise Invalid(_("Give a name."), code="empty", field=field)
    if len(name) > NAME_MAXIMUM:
        raise _too_long(NAME_MAXIMUM, field)
    return name


def shown_name(name: str, state: AccountState, *, is_guest: bool = False) -> str:
    """A name as it stands beside what somebody has said: of who is deleted, it says so."""
    if state is not AccountState.DELETED:
        return name
    return (
        _("%(name)s (deleted guest)", name=name) if is_guest else _("%(name)s (deleted account)", name=name)
    )


def checked_description(text: str | None, *, field: str = "description") -> str | None:
    """A description; what is blank is none. Error: Invalid."""
    description = _visible(text).strip()
    if len(description) > DESCRIPTION_MAXIMUM:
        raise _too_long(DESCRIPTION_MAXIMUM, field)
    return description or None


def checked_language(code: str | None, *, field: str = "language") -> str | None:
    """A language people can read here; none means that they choose themselves. Error: Invalid."""
    if code and code not in LANGUAGE_NAMES:
        raise Invalid(_("This language is not available."), code="bad_language", field=field)
    return code or None


def _visible(text: str | None) -> str:
    """A text in NFC, without control signs other than line breaks and tabs."""
    plain = unicodedata.normalize("NFC", text or "").replace("\r\n", "\n")
    return "".join(sign for sign in plain if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs"))


def _too_long(maximum: int, field: str) -> Invalid:
    return Invalid(_("%(maximum)s characters at most.", maximum=maximum), code="too_long", field=field)
