"""Messages, their earlier versions and mentions."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import Account
from app.models.base import Base, Dated, Keyed
from app.models.types import BigInt, Choice, UtcDateTime, exact, long_text


class MessageKind(StrEnum):
    MESSAGE = "message"
    NOTE = "note"


class Message(Keyed, Dated, Base):
    """A message or a system note.

    seq: number of the message in its room. A system note has no number of its own: it follows message `seq` as its
    `note`-th note; note is 0 for messages. change_no: number of the room's last change of this message, 0 without one.
    client_id: the sender's identifier; the same one from the same author is the same message.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("room_id", "seq", "note"),
        UniqueConstraint("author_id", "client_id"),
        Index("ix_messages_room_id_change_no", "room_id", "change_no"),
    )

    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))
    seq: Mapped[int] = mapped_column(BigInt)
    note: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    change_no: Mapped[int] = mapped_column(BigInt, default=0, server_default="0")
    kind: Mapped[MessageKind] = mapped_column(Choice(MessageKind), default=MessageKind.MESSAGE)
    author_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    client_id: Mapped[str] = mapped_column(exact(36))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    body: Mapped[str | None] = mapped_column(long_text())
    html: Mapped[str | None] = mapped_column(long_text())
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))

    author: Mapped[Account] = relationship(foreign_keys=[author_id])


class MessageVersion(Keyed, Dated, Base):
    """A text that an edit has replaced."""

    __tablename__ = "message_versions"
    __table_args__ = (UniqueConstraint("message_id", "number"),)

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    number: Mapped[int] = mapped_column(Integer)
    body: Mapped[str | None] = mapped_column(long_text())
    edited_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))


class Mention(Keyed, Base):
    """A mention of an account in a message."""

    __tablename__ = "mentions"
    __table_args__ = (
        UniqueConstraint("message_id", "account_id"),
        Index("ix_mentions_account_id_message_id", "account_id", "message_id"),
    )

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))


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
