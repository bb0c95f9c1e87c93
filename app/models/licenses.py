"""Licenses of this installation."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Dated, Keyed
from app.models.types import Choice, UtcDateTime, exact, label, long_text


class LicenseKind(StrEnum):
    TRIAL = "trial"
    FULL = "full"


class License(Keyed, Dated, Base):
    """A license; the newest one is in force. A trial is a local record, a full license has a signed document.

    reference: the installation it is for. modules: names of the licensed modules, separated by spaces.
    """

    __tablename__ = "licenses"
    __table_args__ = (CheckConstraint("seats >= 0", name="seats"),)

    kind: Mapped[LicenseKind] = mapped_column(Choice(LicenseKind))
    holder: Mapped[str] = mapped_column(label(200))
    seats: Mapped[int] = mapped_column(Integer)
    reference: Mapped[str] = mapped_column(exact(64))
    valid_until: Mapped[datetime] = mapped_column(UtcDateTime)
    modules: Mapped[str | None] = mapped_column(exact(255))
    document: Mapped[str | None] = mapped_column(long_text())
