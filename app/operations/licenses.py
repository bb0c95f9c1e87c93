"""Licenses of this server: issued by itself, or installed as signed documents."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from app.errors import Forbidden, Invalid
from app.extensions import db
from app.models import AccessScope, Account, License, LicenseKind, now
from app.operations import audit
from app.rules import licenses
from app.rules.accounts import names
from app.rules.licenses import MOST_SEATS, Document, LicenseFacts
from app.rules.rights import scope
from app.text.parsing import LAST_DAY
from app.transaction import operation, touch_access

# The columns of a license that audit entries hold.
AUDITED_COLUMNS = ("holder", "kind", "seats", "valid_until", "reference")


@dataclass(frozen=True)
class LicenseTerms:
    """Terms of a license that this server issues to itself. valid_until: in UTC."""

    holder: str
    seats: int
    valid_until: datetime


@operation
def issue_license(actor: Account, terms: LicenseTerms) -> License:
    """Issue a license for this server. Server administrators only, and only where no key to check licenses is set."""
    scope.require_server_administrator(actor)
    if licenses.public_key():
        raise Forbidden(
            _("Licences for this server are signed by their issuer: install one."), code="licence_key_set"
        )
    return _store_license(
        actor,
        "licenses.issue",
        License(
            kind=LicenseKind.FULL,
            holder=names.checked_name(terms.holder, field="holder"),
            seats=_checked_seats(terms.seats),
            valid_until=_checked_end(terms.valid_until, field="valid_until"),
            reference=licenses.installation_reference() or new_reference(),
            modules=" ".join(licenses.MODULES),
        ),
    )


@operation
def install_license(actor: Account, text: str, *, accepts_less: bool = False) -> License:
    """Install a signed license. One that was made for another installation is valid for seven days.

    accepts_less: the person has confirmed that it gives less than the current one. Errors: Forbidden; Invalid.
    """
    scope.require_server_wide(actor)
    if not licenses.public_key():
        raise Invalid(_("No key for checking licences is set."), code="licence_no_key", field="document")
    document = licenses.open_document(text, licenses.public_key())
    _checked_end(document.valid_until, field="document")
    less = license_losses(document, licenses.current_license())
    if less and not accepts_less:
        raise Invalid(" ".join(less), code="licence_gives_less", field="document")
    return _store_license(actor, "licenses.install", _license_of(document, text))


def license_losses(document: Document, license: LicenseFacts | None) -> list[str]:
    """Return sentences about what a new license gives less of than the current one, if that is no trial."""
    if license is None:
        return []
    less = []
    if license.kind is LicenseKind.FULL and document.seats < license.seats:
        less.append(_("It has %(new)s seats instead of %(old)s.", new=document.seats, old=license.seats))
    if (
        license.kind is LicenseKind.FULL
        and not license.is_foreign
        and document.valid_until < license.valid_until
    ):
        less.append(_("It ends before the current licence."))
    if document.seats < license.used:
        less.append(
            ngettext(
                "%(num)s account takes a seat: nobody new could have TeamChat.",
                "%(num)s accounts take a seat: nobody new could have TeamChat.",
                license.used,
            )
        )
    return less


def new_reference() -> str:
    """Return a reference for an installation: 16 hexadecimal digits, easy to read out."""
    return secrets.token_hex(8).upper()


def _license_of(document: Document, text: str) -> License:
    """Return the row of a document. On another installation than its own it ends after the grace period."""
    reference, until = licenses.installation_reference() or document.reference, document.valid_until
    if document.reference != reference:
        until = min(until, now() + licenses.GRACE)
    return License(
        kind=LicenseKind.FULL,
        holder=document.holder,
        seats=document.seats,
        valid_until=until,
        reference=document.reference,
        modules=" ".join(document.modules)[:255],
        document=text.strip(),
    )


def _store_license(actor: Account, act: str, license: License) -> License:
    before = licenses.newest_license()
    db.session.add(license)
    db.session.flush()
    touch_access(AccessScope.EVERYBODY)
    audit.record(
        actor,
        act,
        kind="licence",
        id=license.id,
        name=license.holder,
        before={name: getattr(before, name) for name in AUDITED_COLUMNS} if before else None,
        after={name: getattr(license, name) for name in AUDITED_COLUMNS},
    )
    return license


def _checked_seats(seats: int) -> int:
    if not 1 <= seats <= MOST_SEATS:
        raise Invalid(
            _("Between 1 and %(most)s seats.", most=MOST_SEATS), code="licence_seats", field="seats"
        )
    return seats


def _checked_end(moment: datetime, *, field: str) -> datetime:
    if moment <= now():
        raise Invalid(_("This licence has already ended."), code="licence_ended", field=field)
    if moment.date() > LAST_DAY:
        raise Invalid(_("This is not a day."), code="bad_day", field=field)
    return moment
