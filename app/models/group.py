"""Groups, who is in them, and the folders they share."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.account import Account
from app.models.base import Base, Dated, Keyed, Searchable, Versioned
from app.models.domain import Domain
from app.models.types import BigInt, Choice, exact, label


class Group(Keyed, Dated, Versioned, Searchable, Base):
    """People who share a public folder and, once TeamChat is on, rooms."""

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
    sends_per_minute: Mapped[int | None] = mapped_column(Integer)
    """Messages that all its rooms take together within any minute; none for without limit."""

    domain: Mapped[Domain] = relationship(lazy="joined", innerjoin=True)

    @property
    def alias(self) -> str:
        """What stands before the @ of the group's address."""
        return self.address.rpartition("@")[0]


class GroupPace(Base):
    """What a group with a limit has taken lately, as "second:count" of the last minute. Its lock orders who sends."""

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
    """One line of a group's member list: an account, everybody of a domain, or everybody of another group."""

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
    """Somebody who is not in a group although an entry of its list would bring them in."""

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
    """A node of a group's tree of folders: its public folder, and the TeamChat folder that holds the rooms."""

    __tablename__ = "folders"
    __table_args__ = (UniqueConstraint("group_id", "kind"),)

    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("folders.id"))
    kind: Mapped[FolderKind] = mapped_column(Choice(FolderKind))
    name: Mapped[str] = mapped_column(label(200))

    group: Mapped[Group] = relationship()
