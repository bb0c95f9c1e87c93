"""The index of words in messages."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.types import BigInt, exact


class MessageWord(Base):
    """A word in a message, as returned by `text.words`. The worker indexes it later, so that posting is fast.

    The primary key is in the order of messages within a word and a room: a search reads the newest ones and stops.
    """

    __tablename__ = "message_words"
    __table_args__ = (Index("ix_message_words_room_id_message_id", "room_id", "message_id"),)

    word: Mapped[str] = mapped_column(exact(40), primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"), primary_key=True, autoincrement=False)
    message_id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInt)


class SearchMark(Base):
    """The last message and the last change of a room that are indexed."""

    __tablename__ = "search_marks"

    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"), primary_key=True, autoincrement=False)
    last_seq: Mapped[int] = mapped_column(BigInt, default=0)
    last_change: Mapped[int] = mapped_column(BigInt, default=0)
