"""Pictures of people."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Dated, Keyed
from app.models.types import exact, small_file


class Picture(Keyed, Dated, Base):
    """A person's picture, small and square, as WebP. The random token in its URL protects it."""

    __tablename__ = "pictures"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), unique=True)
    token: Mapped[str] = mapped_column(exact(32), unique=True)
    content: Mapped[bytes] = mapped_column(small_file())
