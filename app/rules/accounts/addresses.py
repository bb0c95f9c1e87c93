"""Addresses: how they are written and compared. Accounts and groups share one address space."""

import re
import unicodedata
from dataclasses import dataclass

import idna
from flask_babel import gettext as _

from app.errors import Invalid
from app.models import INTERNAL_DOMAIN
from app.text.search_text import readable  # noqa: F401

ALIAS = re.compile(r"[\w+'-]+(?:\.[\w+'-]+)*")
# Characters before the @, RFC 5321 §4.5.3.1.1.
ALIAS_MAXIMUM = 64

# Characters of a domain name as it is written, RFC 1035 §2.3.4 without the length bytes.
DOMAIN_MAXIMUM = 253


def normalise(address: str) -> str:
    """Return an address in the form that is compared.

    NFC, trimmed, lower case, IDNA. Text that is no address stays text.
    """
    local, at, domain = _plain(address).rpartition("@")
    return f"{local}{at}{_ascii_or_same(domain)}" if at else domain


def checked_domain_name(text: str, *, field: str = "name") -> str:
    """Return a domain's name as it is stored, lower case and in IDNA. Error: Invalid."""
    try:
        name = idna.encode(_plain(text).rstrip("."), uts46=True).decode("ascii")
    except idna.IDNAError:
        name = ""
    labels = name.split(".")
    if len(labels) < 2 or len(name) > DOMAIN_MAXIMUM or labels[-1].isdigit() or name == INTERNAL_DOMAIN:
        raise Invalid(
            _("This is not a domain name: write it like example.org."), code="bad_domain", field=field
        )
    return name


def checked_alias(text: str, *, field: str = "alias") -> str:
    """Return the local part of an address as it is stored. Error: Invalid."""
    alias = _plain(text)
    if not ALIAS.fullmatch(alias):
        raise Invalid(
            _("An alias is made of letters, digits, dots, dashes and underscores, without a space."),
            code="bad_alias",
            field=field,
        )
    if len(alias) > ALIAS_MAXIMUM:
        raise Invalid(
            _("An alias has %(maximum)s characters at most.", maximum=ALIAS_MAXIMUM),
            code="too_long",
            field=field,
        )
    return alias


def suggested_alias(name: str) -> str:
    """Return an alias made from a name: without accents, dots for spaces.

    Empty if no character can be used.
    """
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    words = re.findall(r"[\w+'-]+", bare.lower())
    return ".".join(words)[:ALIAS_MAXIMUM].strip(".")


def _plain(text: str) -> str:
    lowered = unicodedata.normalize("NFC", text.strip()).lower()
    return unicodedata.normalize("NFC", lowered)


def _ascii_or_same(domain: str) -> str:
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return domain


# One entry of a list: commas and semicolons inside of quotes or brackets separate nothing.
SEPARATORS = re.compile(r"""((?:"(?:[^"\\]|\\.)*"|<[^<>]*>|[^",;<>\n\r]|"|<|>)+)""")

ANGLE = re.compile(r"<([^<>]*)>\s*$")


@dataclass(frozen=True)
class Pasted:
    """One entry: what was typed, and the address in it as it is compared."""

    text: str
    address: str


def entries_of(text: str) -> list[Pasted]:
    """Return the addresses of a pasted list in order, each once."""
    entries: dict[str, Pasted] = {}
    for piece in SEPARATORS.findall(text.replace("\t", " ")):
        for entry in _words(piece.strip()):
            address = normalise(_bare(entry))
            entries.setdefault(address, Pasted(entry, address))
    return list(entries.values())


def _words(piece: str) -> list[str]:
    """Return the entries of a piece: several where bare addresses are separated only by spaces."""
    words = piece.split()
    is_several = len(words) > 1 and all("@" in word for word in words) and "<" not in piece
    return words if is_several else [piece] if piece else []


def _bare(entry: str) -> str:
    angle = ANGLE.search(entry)
    address = angle.group(1) if angle else entry
    return address.strip().removeprefix("mailto:").strip()
