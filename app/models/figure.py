"""Figures of the server: hourly counts, and current connections of each process."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.types import BigInt, Choice, UtcDateTime, exact


class FigureName(StrEnum):
    MESSAGES = "messages"
    # The maximum within the hour; the others are sums.
    CONNECTIONS = "connections"
    SIGN_INS = "sign_ins"


class Figure(Base):
    """The value of a figure for one hour."""

    __tablename__ = "figures"
    __table_args__ = (Index("ix_figures_hour", "hour"),)

    name: Mapped[FigureName] = mapped_column(Choice(FigureName), primary_key=True)
    hour: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    value: Mapped[int] = mapped_column(BigInt, default=0)


class ProcessReport(Base):
    """Connections of one web process: windows of the WebClient, and the rooms they have open."""

    __tablename__ = "process_reports"

    process: Mapped[str] = mapped_column(exact(64), primary_key=True)
    windows: Mapped[int] = mapped_column(Integer, default=0)
    open_rooms: Mapped[int] = mapped_column(Integer, default=0)
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
