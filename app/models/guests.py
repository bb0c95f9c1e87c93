"""Invitations of guests to rooms."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import Account
from app.models.base import Base, Dated, Keyed
from app.models.rooms import Room
from app.models.types import UtcDateTime, exact, label


class Invitation(Keyed, Dated, Base):
    """An address invited to a room. Another invitation uses the same row. Its link consists of id and generation.

    registered_at: time at which the person entered name and password; the address is yet to be confirmed.
    accepted_at: time at which the person joined the room. sent_at: time of the last mail.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        UniqueConstraint("room_id", "address"),
        Index("ix_invitations_address", "address"),
        Index("ix_invitations_account_id", "account_id"),
        Index("ix_invitations_inviter_id", "inviter_id", "expires_at"),
    )

    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))
    address: Mapped[str] = mapped_column(exact(320))
    inviter_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    personal_line: Mapped[str | None] = mapped_column(label(500))
    language: Mapped[str] = mapped_column(exact(8))
    generation: Mapped[int] = mapped_column(Integer, default=1)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    registered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    room: Mapped[Room] = relationship()
    inviter: Mapped[Account] = relationship(foreign_keys=[inviter_id])
    account: Mapped[Account | None] = relationship(foreign_keys=[account_id])
