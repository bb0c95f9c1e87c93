"""Domains: the organisations on this server."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Integer, false, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Dated, Keyed, Versioned
from app.models.types import Choice, UtcDateTime, exact, label, long_text

INTERNAL_DOMAIN = "##internalservicedomain.teamchat##"


class DomainState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"
    """Kept for what its people have said: nobody lists it, nobody signs in."""


class Domain(Keyed, Dated, Versioned, Base):
    """A mail domain with its accounts, groups and switches. The internal one shelters guests and is never listed."""

    __tablename__ = "domains"

    name: Mapped[str] = mapped_column(exact(253), unique=True)
    description: Mapped[str | None] = mapped_column(label(500))
    state: Mapped[DomainState] = mapped_column(Choice(DomainState), default=DomainState.ACTIVE)
    language: Mapped[str | None] = mapped_column(exact(8))
    is_internal: Mapped[bool] = mapped_column(default=False, server_default=false())
    has_groupware: Mapped[bool] = mapped_column(default=False, server_default=false())
    has_webdav: Mapped[bool] = mapped_column(default=False, server_default=false())
    has_teamchat: Mapped[bool] = mapped_column(default=False, server_default=false())
    members_may_invite_guests: Mapped[bool] = mapped_column(default=True, server_default=true())
    guest_days: Mapped[int | None] = mapped_column(Integer)
    """How long a guest's account lasts unless told otherwise, in days; none for without end."""
    guest_days_longest: Mapped[int | None] = mapped_column(Integer)
    """How long from now a guest's account may be made to last, in days; none for without limit."""
    guests_allowed_from: Mapped[str | None] = mapped_column(long_text())
    guests_denied_from: Mapped[str | None] = mapped_column(long_text())
    """Mail domains that guests may, or may not, come from, one a line; subdomains included."""
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """From this moment on the worker suspends it; none for without end."""
    account_limit: Mapped[int | None] = mapped_column(Integer)
    guest_limit: Mapped[int | None] = mapped_column(Integer)
    """How many accounts it may hold, and how many guests its people may have; none for without limit."""
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
