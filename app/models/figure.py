"""Figures of the whole server: what each process sees now, and what happened in every hour."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.types import BigInt, Choice, UtcDateTime, exact


class FigureName(StrEnum):
    MESSAGES = "messages"
    CONNECTIONS = "connections"
    """The most at once within the hour; the others are counted."""
    SIGN_INS = "sign_ins"


class Figure(Base):
    """One number about one hour."""

    __tablename__ = "figures"
    __table_args__ = (Index("ix_figures_hour", "hour"),)

    name: Mapped[FigureName] = mapped_column(Choice(FigureName), primary_key=True)
    hour: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    value: Mapped[int] = mapped_column(BigInt, default=0)


class ProcessReport(Base):
    """What one web process has connected: windows of the WebClient, and rooms that they have open."""

    __tablename__ = "process_reports"

    process: Mapped[str] = mapped_column(exact(64), primary_key=True)
    windows: Mapped[int] = mapped_column(Integer, default=0)
    open_rooms: Mapped[int] = mapped_column(Integer, default=0)
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
