"""Groups, their members and their folders."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import Account
from app.models.base import Base, Dated, Keyed, Searchable, Versioned
from app.models.domains import Domain
from app.models.types import BigInt, Choice, exact, label


class Group(Keyed, Dated, Versioned, Searchable, Base):
    """People who share a public folder and, with TeamChat, rooms."""

    __tablename__ = "groups"
    __table_args__ = (
        Index("ix_groups_domain_id_name", "domain_id", "name", "id"),
        Index("ix_groups_domain_id_search_text", "domain_id", "search_text"),
    )

    domain_id: Mapped[int] = mapped_column(ForeignKey("domains.id"))
    address: Mapped[str] = mapped_column(exact(320), unique=True)
    name: Mapped[str] = mapped_column(label(200))
    description: Mapped[str | None] = mapped_column(label(500))
    folder_name: Mapped[str | None] = mapped_column(label(200))
    has_public_folder: Mapped[bool] = mapped_column(default=False, server_default=false())
    has_teamchat: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Most messages in all its rooms together within any minute, None for no limit.
    sends_per_minute: Mapped[int | None] = mapped_column(Integer)

    domain: Mapped[Domain] = relationship(lazy="joined", innerjoin=True)

    @property
    def alias(self) -> str:
        """Return the part of the group's address before the @."""
        return self.address.rpartition("@")[0]


class GroupPace(Base):
    """Counts of a group's messages in the last minute, as "second:count". Its row lock orders concurrent senders."""

    __tablename__ = "group_paces"

    group_id: Mapped[int] = mapped_column(
        ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    sends: Mapped[str | None] = mapped_column(exact(2000))


class EntryKind(StrEnum):
    ACCOUNT = "account"
    DOMAIN = "domain"
    GROUP = "group"


class MemberEntry(Keyed, Dated, Base):
    """One entry of a group's member list: an account, or all members of a domain or of another group."""

    __tablename__ = "member_entries"
    __table_args__ = (
        UniqueConstraint("group_id", "kind", "principal_id"),
        Index("ix_member_entries_kind_principal_id", "kind", "principal_id", "group_id"),
        CheckConstraint(
            "(kind = 'account' AND account_id = principal_id AND domain_id IS NULL AND inner_group_id IS NULL)"
            " OR (kind = 'domain' AND domain_id = principal_id AND account_id IS NULL AND inner_group_id IS NULL)"
            " OR (kind = 'group' AND inner_group_id = principal_id AND account_id IS NULL AND domain_id IS NULL)",
            name="one_principal",
        ),
        CheckConstraint("inner_group_id IS NULL OR inner_group_id <> group_id", name="not_itself"),
    )

    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    kind: Mapped[EntryKind] = mapped_column(Choice(EntryKind))
    principal_id: Mapped[int] = mapped_column(BigInt)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    domain_id: Mapped[int | None] = mapped_column(ForeignKey("domains.id"))
    inner_group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))

    account: Mapped[Account | None] = relationship()
    domain: Mapped[Domain | None] = relationship()
    inner_group: Mapped[Group | None] = relationship(foreign_keys=[inner_group_id])


class Exclusion(Keyed, Dated, Base):
    """An account that is no member of a group although an entry of its member list includes it."""

    __tablename__ = "exclusions"
    __table_args__ = (
        UniqueConstraint("group_id", "account_id"),
        Index("ix_exclusions_account_id", "account_id", "group_id"),
    )

    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))


class FolderKind(StrEnum):
    PUBLIC = "public"
    TEAMCHAT = "teamchat"


class Folder(Keyed, Dated, Base):
    """A folder of a group: its public folder, or the TeamChat folder with its rooms."""

    __tablename__ = "folders"
    __table_args__ = (UniqueConstraint("group_id", "kind"),)

    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("folders.id"))
    kind: Mapped[FolderKind] = mapped_column(Choice(FolderKind))
    name: Mapped[str] = mapped_column(label(200))

    group: Mapped[Group] = relationship()
