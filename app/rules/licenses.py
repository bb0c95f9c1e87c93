"""License documents: JSON signed with Ed25519 (RFC 8032) by the issuer.

-----BEGIN TEAMCHAT LICENCE-----
base64 of the JSON, in lines of 64 characters

base64 of the signature
-----END TEAMCHAT LICENCE-----
"""

import base64
import binascii
import json
import re
import textwrap
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.errors import Invalid
from app.extensions import db
from app.models import CLOSED, Account, Domain, DomainState, License, LicenseKind, now

FRAME = re.compile(
    r"-----BEGIN TEAMCHAT LICENCE-----\s*([A-Za-z0-9+/=\s]+?)\n\s*\n([A-Za-z0-9+/=\s]+?)-----END TEAMCHAT LICENCE-----"
)
# Characters of a document that are looked at.
LONGEST = 16_384

MOST_SEATS = 10_000_000


@dataclass(frozen=True)
class Document:
    """Content of a signed license. issued_at, valid_until: UTC. reference: the installation it is for."""

    holder: str
    seats: int
    valid_until: datetime
    modules: tuple[str, ...]
    reference: str
    issued_at: datetime


def sign_document(document: Document, key: Ed25519PrivateKey) -> str:
    """Return the signed text of a document."""
    values = asdict(document)
    for name in ("valid_until", "issued_at"):
        values[name] = values[name].astimezone(UTC).isoformat(timespec="seconds")
    payload = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return "\n".join(
        [
            "-----BEGIN TEAMCHAT LICENCE-----",
            _lines(payload),
            "",
            _lines(key.sign(payload)),
            "-----END TEAMCHAT LICENCE-----",
            "",
        ]
    )


def open_document(text: str, public_key: str) -> Document:
    """Return the document of a signed text after verifying the signature. public_key: as in LICENSE_PUBLIC_KEY.

    Error: Invalid at the field document, for other texts and other signatures.
    """
    match = FRAME.search(text[:LONGEST].replace("\r\n", "\n"))
    if match is None:
        raise _not_a_license()
    payload, signature = (_bytes(part) for part in match.groups())
    try:
        _key_of(public_key).verify(signature, payload)
    except InvalidSignature as error:
        raise Invalid(
            _("The signature is wrong: this licence was changed, or somebody else made it."),
            code="licence_signature",
            field="document",
        ) from error
    return _read(payload)


def public_text(key: Ed25519PrivateKey) -> str:
    """Return the value of LICENSE_PUBLIC_KEY for licenses signed with this key."""
    return base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def _key_of(public_key: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
    except ValueError as error:
        raise Invalid(
            _("LICENSE_PUBLIC_KEY is not a key: no licence can be checked."),
            code="licence_no_key",
            field="document",
        ) from error


def _read(payload: bytes) -> Document:
    """Signed as it may be, it must still make sense."""
    try:
        values = json.loads(payload)
        document = Document(
            holder=str(values["holder"])[:200],
            seats=int(values["seats"]),
            valid_until=_moment(values["valid_until"]),
            modules=tuple(str(name) for name in values["modules"]),
            reference=str(values["reference"])[:64],
            issued_at=_moment(values["issued_at"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise _not_a_license() from error
    if not document.holder or not 0 <= document.seats <= MOST_SEATS:
        raise _not_a_license()
    return document


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment must know its time zone")
    return moment.astimezone(UTC)


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise _not_a_license() from error


def _lines(content: bytes) -> str:
    return "\n".join(textwrap.wrap(base64.b64encode(content).decode(), 64))


def _not_a_license() -> Invalid:
    sentence = _("This is not a licence of TeamChat. Copy the whole text, with its first and last line.")
    return Invalid(sentence, code="licence_unreadable", field="document")


# How long a licence works on an installation that it was not made for.
GRACE = timedelta(days=7)

# From then on people are told that a licence ends.
SOON = timedelta(days=14)

MODULES = ("teamchat",)


@dataclass(frozen=True)
class LicenseFacts:
    """The licence that counts, and how many of its seats are taken. valid_until: when it ends here, grace included.

    installation: the reference of this server. None: it has none yet.
    """

    kind: LicenseKind
    holder: str
    seats: int
    valid_until: datetime
    reference: str
    used: int
    installation: str | None = None
    modules: tuple[str, ...] = MODULES
    since: datetime | None = None
    is_signed: bool = False

    @property
    def is_ended(self) -> bool:
        """Conversations are readable then, and nothing can be posted."""
        return self.valid_until < now()

    @property
    def ends_soon(self) -> bool:
        """Return whether it is time to renew the license."""
        return not self.is_ended and self.valid_until - now() < SOON

    @property
    def days_left(self) -> int:
        """Whole days until it ends; none once it has."""
        return max((self.valid_until - now()).days, 0)

    @property
    def free(self) -> int:
        """Seats that are left; below zero, by how many the licence is exceeded."""
        return self.seats - self.used

    @property
    def is_foreign(self) -> bool:
        """Return whether the license was made for another installation; it works for seven days."""
        return self.is_signed and self.reference != self.installation


def current_license() -> LicenseFacts | None:
    """Return the newest license of this installation, None before there is one. Three statements."""
    license = newest_license()
    if license is None:
        return None
    return LicenseFacts(
        kind=license.kind,
        holder=license.holder,
        seats=license.seats,
        valid_until=license.valid_until,
        reference=license.reference,
        used=seats_used(),
        installation=installation_reference(),
        modules=tuple((license.modules or " ".join(MODULES)).split()),
        since=license.created_at,
        is_signed=license.document is not None,
    )


def newest_license() -> License | None:
    """Return the license that counts."""
    return db.session.scalars(select(License).order_by(License.id.desc()).limit(1)).first()


def installation_reference() -> str | None:
    """Return the reference of this installation: that of the first recorded license, the trial's."""
    return db.session.scalar(select(License.reference).order_by(License.id).limit(1))


def public_key() -> str:
    """Return the key that licenses must be signed with; empty where this server issues its own."""
    return current_app.config["LICENSE_PUBLIC_KEY"]


def seats_used() -> int:
    """Active user accounts of domains where TeamChat is on. Guests are free."""
    statement = (
        select(func.count(Account.id))
        .join(Domain, Domain.id == Account.domain_id)
        .where(Domain.has_teamchat, Domain.state == DomainState.ACTIVE, ~Domain.is_internal)
        .where(~Account.is_guest, Account.state.not_in(CLOSED))
    )
    return db.session.scalar(statement) or 0


def require_seat(adding: int = 1) -> None:
    """Refuse to switch TeamChat on for an account when no seat is left. adding: accounts not counted yet."""
    license = current_license()
    if license is not None and license.free < adding:
        raise Invalid(
            _(
                "All %(seats)s seats of the licence are taken: TeamChat cannot be enabled.",
                seats=license.seats,
            ),
            code="no_seat_left",
            field="teamchat",
        )
