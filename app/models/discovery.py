"""SmartDiscover settings of domains."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Keyed, Versioned
from app.models.types import long_text


class DomainDiscovery(Keyed, Versioned, Base):
    """A domain's own SmartDiscover values, as a JSON object by name. Values that it lacks are the server's."""

    __tablename__ = "domain_discoveries"

    domain_id: Mapped[int] = mapped_column(ForeignKey("domains.id", ondelete="CASCADE"), unique=True)
    overrides: Mapped[str | None] = mapped_column(long_text())
