"""Domains, accounts, groups with their member entries and folders, and the address space they share."""

import sqlalchemy as sa
from alembic import op

from app.models import types

revision = "0002_people"
down_revision = "0001_server"


def upgrade():
    op.create_table(
        "domains",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("name", types.exact(253), nullable=False),
        sa.Column("description", types.label(500), nullable=True),
        sa.Column("state", types.exact(32), nullable=False),
        sa.Column("language", types.exact(8), nullable=True),
        sa.Column("is_internal", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("has_groupware", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("has_webdav", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("has_teamchat", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("members_may_invite_guests", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_domains")),
        sa.UniqueConstraint("name", name=op.f("uq_domains_name")),
    )
    op.create_table(
        "accounts",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("domain_id", types.BigInt, nullable=False),
        sa.Column("address", types.exact(320), nullable=False),
        sa.Column("name", types.label(200), nullable=False),
        sa.Column("password_hash", types.exact(255), nullable=True),
        sa.Column("role", types.exact(32), nullable=False),
        sa.Column("state", types.exact(32), nullable=False),
        sa.Column("is_guest", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("language", types.exact(8), nullable=True),
        sa.Column("time_zone", types.exact(64), nullable=True),
        sa.Column("has_groupware", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("has_webdav", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("has_teamchat", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("last_sign_in_at", types.UtcDateTime(), nullable=True),
        sa.Column("last_sign_in_ip", types.exact(45), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["domain_id"], ["domains.id"], name=op.f("fk_accounts_domain_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("address", name=op.f("uq_accounts_address")),
    )
    op.create_index("ix_accounts_domain_id_address", "accounts", ["domain_id", "address"], unique=False)
    op.create_index(
        "ix_accounts_domain_id_name",
        "accounts",
        ["domain_id", "name", "id", "address", "role", "state", "is_guest"],
        unique=False,
    )
    op.create_table(
        "groups",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("domain_id", types.BigInt, nullable=False),
        sa.Column("address", types.exact(320), nullable=False),
        sa.Column("name", types.label(200), nullable=False),
        sa.Column("description", types.label(500), nullable=True),
        sa.Column("folder_name", types.label(200), nullable=True),
        sa.Column("has_public_folder", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("has_teamchat", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["domain_id"], ["domains.id"], name=op.f("fk_groups_domain_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sa.UniqueConstraint("address", name=op.f("uq_groups_address")),
    )
    op.create_index("ix_groups_domain_id_name", "groups", ["domain_id", "name", "id"], unique=False)
    op.create_table(
        "addresses",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("address", types.exact(320), nullable=False),
        sa.Column("account_id", types.BigInt, nullable=True),
        sa.Column("group_id", types.BigInt, nullable=True),
        sa.CheckConstraint(
            "(account_id IS NULL AND group_id IS NOT NULL) OR (account_id IS NOT NULL AND group_id IS NULL)",
            name=op.f("ck_addresses_one_owner"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_addresses_account_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_addresses_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
        sa.UniqueConstraint("address", name=op.f("uq_addresses_address")),
    )
    op.create_index(op.f("ix_addresses_account_id"), "addresses", ["account_id"], unique=False)
    op.create_index(op.f("ix_addresses_group_id"), "addresses", ["group_id"], unique=False)
    op.create_table(
        "member_entries",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("group_id", types.BigInt, nullable=False),
        sa.Column("kind", types.exact(32), nullable=False),
        sa.Column("principal_id", types.BigInt, nullable=False),
        sa.Column("account_id", types.BigInt, nullable=True),
        sa.Column("domain_id", types.BigInt, nullable=True),
        sa.Column("inner_group_id", types.BigInt, nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'account' AND account_id = principal_id AND domain_id IS NULL"
            " AND inner_group_id IS NULL)"
            " OR (kind = 'domain' AND domain_id = principal_id AND account_id IS NULL"
            " AND inner_group_id IS NULL)"
            " OR (kind = 'group' AND inner_group_id = principal_id AND account_id IS NULL"
            " AND domain_id IS NULL)",
            name=op.f("ck_member_entries_one_principal"),
        ),
        sa.CheckConstraint(
            "inner_group_id IS NULL OR inner_group_id <> group_id", name=op.f("ck_member_entries_not_itself")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_member_entries_account_id")),
        sa.ForeignKeyConstraint(["domain_id"], ["domains.id"], name=op.f("fk_member_entries_domain_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_member_entries_group_id")),
        sa.ForeignKeyConstraint(
            ["inner_group_id"], ["groups.id"], name=op.f("fk_member_entries_inner_group_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_entries")),
        sa.UniqueConstraint(
            "group_id", "kind", "principal_id", name=op.f("uq_member_entries_group_id_kind_principal_id")
        ),
    )
    op.create_index(
        "ix_member_entries_kind_principal_id",
        "member_entries",
        ["kind", "principal_id", "group_id"],
        unique=False,
    )
    op.create_table(
        "folders",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("group_id", types.BigInt, nullable=False),
        sa.Column("parent_id", types.BigInt, nullable=True),
        sa.Column("kind", types.exact(32), nullable=False),
        sa.Column("name", types.label(200), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_folders_group_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["folders.id"], name=op.f("fk_folders_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_folders")),
        sa.UniqueConstraint("group_id", "kind", name=op.f("uq_folders_group_id_kind")),
    )


def downgrade():
    op.drop_table("folders")
    op.drop_table("member_entries")
    op.drop_table("addresses")
    op.drop_table("groups")
    op.drop_table("accounts")
    op.drop_table("domains")
