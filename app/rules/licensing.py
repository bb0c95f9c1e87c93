"""Licence: who counts, until when, and what an ended or full one stops."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.errors import Invalid
from app.extensions import db
from app.models import CLOSED, Account, Domain, DomainState, License, LicenseKind, now

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


def current() -> LicenseFacts | None:
    """Return the newest license of this installation, None before there is one. Three statements."""
    license = newest()
    if license is None:
        return None
    return LicenseFacts(
        kind=license.kind,
        holder=license.holder,
        seats=license.seats,
        valid_until=license.valid_until,
        reference=license.reference,
        used=seats_used(),
        installation=installation(),
        modules=tuple((license.modules or " ".join(MODULES)).split()),
        since=license.created_at,
        is_signed=license.document is not None,
    )


def newest() -> License | None:
    """Return the license that counts."""
    return db.session.scalars(select(License).order_by(License.id.desc()).limit(1)).first()


def installation() -> str | None:
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
