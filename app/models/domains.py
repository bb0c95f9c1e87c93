"""Mail domains of this server."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Integer, false, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Dated, Keyed, Versioned
from app.models.types import Choice, UtcDateTime, exact, label, long_text

INTERNAL_DOMAIN = "##internalservicedomain.teamchat##"


class DomainState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    # Kept for the messages of its accounts. It is not listed, and nobody can sign in.
    DELETED = "deleted"


class Domain(Keyed, Dated, Versioned, Base):
    """A mail domain with its features and limits. The internal one contains the guests and is never listed."""

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
    # Default duration of guest accounts in days, None for no end.
    guest_days: Mapped[int | None] = mapped_column(Integer)
    # Longest duration of guest accounts from now in days, None for no limit.
    guest_days_longest: Mapped[int | None] = mapped_column(Integer)
    # Mail domains that guests may, or may not, have addresses of: one per line, with their subdomains.
    guests_allowed_from: Mapped[str | None] = mapped_column(long_text())
    guests_denied_from: Mapped[str | None] = mapped_column(long_text())
    # Time at which the worker suspends the domain, None for no end.
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    # Most accounts of the domain, and most guests of its accounts, None for no limit.
    account_limit: Mapped[int | None] = mapped_column(Integer)
    guest_limit: Mapped[int | None] = mapped_column(Integer)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DomainDiscovery(Keyed, Versioned, Base):
    """A domain's own SmartDiscover values, as a JSON object by name. Values that it lacks are the server's."""

    __tablename__ = "domain_discoveries"

    domain_id: Mapped[int] = mapped_column(ForeignKey("domains.id", ondelete="CASCADE"), unique=True)
    overrides: Mapped[str | None] = mapped_column(long_text())
