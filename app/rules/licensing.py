"""Licence: who counts, until when, and what an ended or full one stops."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.errors import Invalid
from app.extensions import db
from app.models import Account, AccountState, Domain, DomainState, License, LicenseKind, now


@dataclass(frozen=True)
class LicenseFacts:
    """The licence that counts, and how many of its seats are taken."""

    kind: LicenseKind
    holder: str
    seats: int
    valid_until: datetime
    reference: str
    used: int

    @property
    def is_ended(self) -> bool:
        """Conversations are readable then, and nothing can be posted."""
        return self.valid_until < now()

    @property
    def free(self) -> int:
        """Seats that are left; below zero, by how many the licence is exceeded."""
        return self.seats - self.used


def current() -> LicenseFacts | None:
    """The newest licence of this installation, None before there is one. Two statements."""
    license = db.session.scalars(select(License).order_by(License.id.desc()).limit(1)).first()
    if license is None:
        return None
    return LicenseFacts(
        license.kind, license.holder, license.seats, license.valid_until, license.reference, seats_used()
    )


def seats_used() -> int:
    """Active user accounts of domains where TeamChat is on. Guests are free."""
    statement = (
        select(func.count(Account.id))
        .join(Domain, Domain.id == Account.domain_id)
        .where(Domain.has_teamchat, Domain.state == DomainState.ACTIVE, Domain.is_internal.is_(False))
        .where(Account.is_guest.is_(False), Account.state != AccountState.DISABLED)
    )
    return db.session.scalar(statement)


def require_seat(adding: int = 1) -> None:
    """Refuse to switch TeamChat on for an account when no seat is left. adding: accounts not counted yet."""
    license = current()
    if license is not None and license.free < adding:
        raise Invalid(
            _(
                "All %(seats)s seats of the licence are taken: TeamChat cannot be enabled.",
                seats=license.seats,
            ),
            code="no_seat_left",
            field="teamchat",
        )
