"""Contact cards of people."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Dated, Versioned
from app.models.types import label, long_text


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
