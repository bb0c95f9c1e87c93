"""The words of names and addresses: whoever is looked for by any of them is found without reading everybody."""

from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Keyed
from app.models.types import BigInt, Choice, label


class NamedKind(StrEnum):
    ACCOUNT = "account"
    GUEST = "guest"
    GROUP = "group"


class NameWord(Keyed, Base):
    """One word of somebody's name or address. domain_id: of the domain whose administrators may find them."""

    __tablename__ = "name_words"
    __table_args__ = (
        Index("ix_name_words_kind_object_id", "kind", "object_id", "word"),
        Index("ix_name_words_kind_word", "kind", "word", "object_id"),
        Index("ix_name_words_domain_id_kind_word", "domain_id", "kind", "word", "object_id"),
    )

    kind: Mapped[NamedKind] = mapped_column(Choice(NamedKind))
    object_id: Mapped[int] = mapped_column(BigInt)
    domain_id: Mapped[int] = mapped_column(BigInt)
    word: Mapped[str] = mapped_column(label(64))
