"""The audit log of administrative acts."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Dated, Keyed
from app.models.types import BigInt, digest, exact, label, long_text


class AuditEntry(Keyed, Dated, Base):
    """One administrative act: actor, origin, object, state before and after.

    Names are stored besides ids, so that entries stay readable after deletions. before and after are JSON objects.
    seal chains the entry to the previous one; the worker sets it later.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_object_kind_object_id", "object_kind", "object_id", "id"),
        Index("ix_audit_entries_actor_id", "actor_id", "id"),
        Index("ix_audit_entries_domain_id", "domain_id", "id"),
        Index("ix_audit_entries_act", "act", "id"),
        Index("ix_audit_entries_created_at", "created_at", "id"),
        Index("ix_audit_entries_actor_name", "actor_name", "id"),
        Index("ix_audit_entries_object_name", "object_name", "id"),
    )

    act: Mapped[str] = mapped_column(exact(64))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    actor_name: Mapped[str | None] = mapped_column(label(320))
    object_kind: Mapped[str] = mapped_column(exact(32))
    object_id: Mapped[int | None] = mapped_column(BigInt)
    object_name: Mapped[str | None] = mapped_column(label(320))
    domain_id: Mapped[int | None] = mapped_column(BigInt)
    origin: Mapped[str | None] = mapped_column(exact(45))
    request_id: Mapped[str | None] = mapped_column(exact(64))
    before: Mapped[str | None] = mapped_column(long_text())
    after: Mapped[str | None] = mapped_column(long_text())
    seal: Mapped[bytes | None] = mapped_column(digest())
