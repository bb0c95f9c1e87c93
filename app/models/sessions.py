"""Sessions, and counts of failed sign-ins."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import Account
from app.models.base import Base, Dated, Keyed
from app.models.types import UtcDateTime, digest, exact, label


class Session(Keyed, Dated, Base):
    """A signed-in browser. Only the digest of its token is stored."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_account_id", "account_id", "revoked_at"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    token_digest: Mapped[bytes] = mapped_column(digest(), unique=True)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    ip: Mapped[str | None] = mapped_column(exact(45))
    user_agent: Mapped[str | None] = mapped_column(label(300))

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class SignInFailure(Keyed, Base):
    """Failed sign-ins for one address or from one network address, and the end of the delay."""

    __tablename__ = "sign_in_failures"

    subject: Mapped[bytes] = mapped_column(digest(), unique=True)
    count: Mapped[int] = mapped_column(Integer, default=0)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
