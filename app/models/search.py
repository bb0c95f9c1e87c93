"""What search looks into: the words of messages, and how far each room has been read for them."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.types import BigInt, exact


class MessageWord(Base):
    """A word that stands in a message, as `text.words` cuts it. The worker keeps it: posting never waits for it.

    In the order of the messages, for a word and for a room: a search reads the newest and stops.
    """

    __tablename__ = "message_words"
    __table_args__ = (Index("ix_message_words_room_id_message_id", "room_id", "message_id"),)

    word: Mapped[str] = mapped_column(exact(40), primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"), primary_key=True, autoincrement=False)
    message_id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInt)


class SearchMark(Base):
    """How far a room's messages, and what happened to them since, are among the words."""

    __tablename__ = "search_marks"

    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"), primary_key=True, autoincrement=False)
    last_seq: Mapped[int] = mapped_column(BigInt, default=0)
    last_change: Mapped[int] = mapped_column(BigInt, default=0)
