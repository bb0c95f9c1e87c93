"""Contact cards: their fields and limits."""

import re
import unicodedata
from urllib.parse import urlsplit

from flask_babel import gettext as _

from app.errors import Invalid

# Characters of every field, in the order the page shows them.
LENGTHS = {
    "first_name": 200,
    "last_name": 200,
    "title": 200,
    "organisation": 200,
    "department": 200,
    "work_phone": 64,
    "mobile_phone": 64,
    "home_phone": 64,
    "other_email": 320,
    "street": 300,
    "postal_code": 32,
    "city": 200,
    "region": 200,
    "country": 200,
    "website": 500,
    "notes": 5000,
}

PHONE = re.compile(r"\+?[\d\s().\-/]*\d[\d\s().\-/]*(?:(?:#|x|ext\.?|poste)\s*\d+)?", re.IGNORECASE)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def checked_card(values: dict) -> dict:
    """Return cleaned values for a contact card; blank ones become None. Error: Invalid, at the field."""
    return {name: _checked(name, value) for name, value in values.items()}


def _checked(name: str, value: str | None) -> str | None:
    text = unicodedata.normalize("NFC", value or "").replace("\r\n", "\n").strip()
    text = "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs"))
    if name != "notes":
        text = " ".join(text.split())
    if not text:
        return None
    if len(text) > LENGTHS[name]:
        raise Invalid(
            _("%(maximum)s characters at most.", maximum=LENGTHS[name]), code="too_long", field=name
        )
    problem = _problem(name, text)
    if problem:
        raise Invalid(problem, code="bad_shape", field=name)
    return text


def _problem(name: str, text: str) -> str | None:
    if name.endswith("_phone") and not PHONE.fullmatch(text):
        return _("This is not a phone number: write it like +33 1 23 45 67 89.")
    if name == "other_email" and not EMAIL.fullmatch(text):
        return _("Write it like name@example.org.")
    if name == "website" and not _is_web_address(text):
        return _("Write it like https://example.org/.")
    return None


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
