"""Accounts of people, and the address space that they share with groups."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, cast

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Dated, Keyed, Searchable, Versioned
from app.models.domains import Domain, DomainState
from app.models.types import Choice, UtcDateTime, exact, label, long_text, now, small_file


class Role(StrEnum):
    """The administrative role of an account, from the highest to none."""

    SERVER = "server"
    WEB = "web"
    DOMAIN = "domain"
    USER = "user"


class AccountState(StrEnum):
    ENABLED = "enabled"
    DISABLED = "disabled"
    # May read, may not post.
    MUTED = "muted"
    # Kept as the author of its messages. It cannot sign in and is not found.
    DELETED = "deleted"


# States without sign-in.
CLOSED = (AccountState.DISABLED, AccountState.DELETED)


class Account(Keyed, Dated, Versioned, Searchable, Base):
    """A person who signs in with an address: a member of a domain here, or a guest with an address from outside."""

    __tablename__ = "accounts"
    __table_args__ = (
        # Covers the searches and filters of the list of accounts.
        Index(
            "ix_accounts_domain_id_name",
            *("domain_id", "name", "id", "search_text", "role", "state", "is_guest"),
            *("has_groupware", "has_webdav", "has_teamchat", "last_sign_in_at"),
        ),
        # Covers the counts of the list of accounts.
        Index(
            "ix_accounts_domain_id_is_guest",
            *("domain_id", "is_guest", "state", "role"),
            *("has_teamchat", "has_groupware", "has_webdav", "last_sign_in_at"),
        ),
        # Scanned by searches.
        Index("ix_accounts_domain_id_is_guest_search_text", "domain_id", "is_guest", "search_text"),
        Index("ix_accounts_domain_id_last_sign_in_at", "domain_id", "last_sign_in_at", "id"),
        Index("ix_accounts_domain_id_address", "domain_id", "address"),
        Index("ix_accounts_role", "role", "domain_id", "name", "id"),
        Index("ix_accounts_sponsor_id", "sponsor_id", "is_guest", "id"),
        Index("ix_accounts_is_guest", "is_guest", "expires_at", "id"),
    )

    domain_id: Mapped[int] = mapped_column(ForeignKey("domains.id"))
    address: Mapped[str] = mapped_column(exact(320), unique=True)
    name: Mapped[str] = mapped_column(label(200))
    password_hash: Mapped[str | None] = mapped_column(exact(255))
    role: Mapped[Role] = mapped_column(Choice(Role), default=Role.USER)
    state: Mapped[AccountState] = mapped_column(Choice(AccountState), default=AccountState.ENABLED)
    is_guest: Mapped[bool] = mapped_column(default=False, server_default=false())
    language: Mapped[str | None] = mapped_column(exact(8))
    time_zone: Mapped[str | None] = mapped_column(exact(64))
    theme: Mapped[str | None] = mapped_column(exact(8))
    enter_sends: Mapped[bool] = mapped_column(default=True, server_default=true())
    # The token in the URL of the person's picture.
    picture: Mapped[str | None] = mapped_column(exact(32))
    has_groupware: Mapped[bool] = mapped_column(default=True, server_default=true())
    has_webdav: Mapped[bool] = mapped_column(default=True, server_default=true())
    has_teamchat: Mapped[bool] = mapped_column(default=True, server_default=true())
    # Guests only, up to warned_days. The responsible account, at first the one that invited the guest.
    sponsor_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    # Time at which the guest confirmed the address.
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # End of the account, None for no end.
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The last warning sent, in days before the end.
    warned_days: Mapped[int | None] = mapped_column(Integer)
    # Generation of mailed links; using one raises it and so ends all earlier links.
    link_generation: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_sign_in_ip: Mapped[str | None] = mapped_column(exact(45))
    # Generation of password links; raising it ends all earlier links.
    password_generation: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    password_link_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    domain: Mapped[Domain] = relationship(lazy="joined", innerjoin=True)

    is_authenticated: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False
    # The session that the account was loaded for, if it is signed in.
    session_id = cast("int | None", None)

    @property
    def is_active(self) -> bool:
        """Return whether the account may sign in and stay signed in."""
        if self.is_guest and (self.verified_at is None or (self.expires_at and self.expires_at < now())):
            return False
        return self.state not in CLOSED and self.domain.state is DomainState.ACTIVE


class Address(Keyed, Base):
    """A normalised address and its owner, an account or a group. No address has two owners."""

    __tablename__ = "addresses"
    __table_args__ = (
        CheckConstraint(
            "(account_id IS NULL AND group_id IS NOT NULL) OR (account_id IS NOT NULL AND group_id IS NULL)",
            name="one_owner",
        ),
    )

    address: Mapped[str] = mapped_column(exact(320), unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"), index=True)


class AdministeredDomain(Base):
    """A domain that a domain administrator administers besides their own."""

    __tablename__ = "administered_domains"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    domain_id: Mapped[int] = mapped_column(
        ForeignKey("domains.id"), primary_key=True, autoincrement=False, index=True
    )


class ContactCard(Dated, Versioned, Base):
    """The contact card of an account. Accounts without contact details have none."""

    __tablename__ = "contact_cards"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    first_name: Mapped[str | None] = mapped_column(label(200))
    last_name: Mapped[str | None] = mapped_column(label(200))
    title: Mapped[str | None] = mapped_column(label(200))
    organisation: Mapped[str | None] = mapped_column(label(200))
    department: Mapped[str | None] = mapped_column(label(200))
    work_phone: Mapped[str | None] = mapped_column(label(64))
    mobile_phone: Mapped[str | None] = mapped_column(label(64))
    home_phone: Mapped[str | None] = mapped_column(label(64))
    other_email: Mapped[str | None] = mapped_column(label(320))
    street: Mapped[str | None] = mapped_column(label(300))
    postal_code: Mapped[str | None] = mapped_column(label(32))
    city: Mapped[str | None] = mapped_column(label(200))
    region: Mapped[str | None] = mapped_column(label(200))
    country: Mapped[str | None] = mapped_column(label(200))
    website: Mapped[str | None] = mapped_column(label(500))
    notes: Mapped[str | None] = mapped_column(long_text())


class Picture(Keyed, Dated, Base):
    """A person's picture, small and square, as WebP. The random token in its URL protects it."""

    __tablename__ = "pictures"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), unique=True)
    token: Mapped[str] = mapped_column(exact(32), unique=True)
    content: Mapped[bytes] = mapped_column(small_file())
