"""Rooms, their members, how far each has read, and the lines of rights lists."""

import sqlalchemy as sa
from alembic import op

from app.models import types

revision = "0004_rooms"
down_revision = "0003_sign_in"


def upgrade():
    op.create_table(
        "rooms",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("kind", types.exact(32), nullable=False),
        sa.Column("state", types.exact(32), nullable=False),
        sa.Column("group_id", types.BigInt, nullable=True),
        sa.Column("folder_id", types.BigInt, nullable=True),
        sa.Column("name", types.label(200), nullable=False),
        sa.Column("topic", types.label(500), nullable=True),
        sa.Column("intro", types.long_text(), nullable=True),
        sa.Column("unique_key", types.exact(64), nullable=False),
        sa.Column("has_own_list", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("last_seq", types.BigInt, server_default="0", nullable=False),
        sa.Column("last_change", types.BigInt, server_default="0", nullable=False),
        sa.Column("last_posted_at", types.UtcDateTime(), nullable=True),
        sa.Column("created_by_id", types.BigInt, nullable=True),
        sa.Column("deleted_at", types.UtcDateTime(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["accounts.id"], name=op.f("fk_rooms_created_by_id")),
        sa.ForeignKeyConstraint(["folder_id"], ["folders.id"], name=op.f("fk_rooms_folder_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_rooms_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("unique_key", name=op.f("uq_rooms_unique_key")),
    )
    op.create_index(op.f("ix_rooms_folder_id"), "rooms", ["folder_id"], unique=False)
    op.create_index("ix_rooms_group_id_state", "rooms", ["group_id", "state", "id"], unique=False)
    op.create_table(
        "room_members",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("room_id", types.BigInt, nullable=False),
        sa.Column("account_id", types.BigInt, nullable=False),
        sa.Column("is_member", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("is_owner", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_favourite", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("joined_seq", types.BigInt, server_default="0", nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_room_members_account_id")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_room_members_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_members")),
        sa.UniqueConstraint("room_id", "account_id", name=op.f("uq_room_members_room_id_account_id")),
    )
    op.create_index(
        "ix_room_members_account_id", "room_members", ["account_id", "is_member", "room_id"], unique=False
    )
    op.create_table(
        "read_marks",
        sa.Column("account_id", types.BigInt, autoincrement=False, nullable=False),
        sa.Column("room_id", types.BigInt, autoincrement=False, nullable=False),
        sa.Column("last_read_seq", types.BigInt, nullable=False),
        sa.Column("opened_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_read_marks_account_id")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_read_marks_room_id")),
        sa.PrimaryKeyConstraint("account_id", "room_id", name=op.f("pk_read_marks")),
    )
    op.create_index("ix_read_marks_room_id", "read_marks", ["room_id"], unique=False)
    op.create_table(
        "grants",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("scope_kind", sa.Integer(), nullable=False),
        sa.Column("scope_id", types.BigInt, nullable=False),
        sa.Column("folder_id", types.BigInt, nullable=True),
        sa.Column("room_id", types.BigInt, nullable=True),
        sa.Column("principal", types.exact(32), nullable=False),
        sa.Column("principal_id", types.BigInt, nullable=False),
        sa.Column("rights", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(principal IN ('account', 'group', 'domain') AND principal_id > 0)"
            " OR (principal IN ('members', 'guests', 'anyone') AND principal_id = 0)",
            name=op.f("ck_grants_principal_id"),
        ),
        sa.CheckConstraint(
            "(scope_kind = 1 AND folder_id = scope_id AND room_id IS NULL)"
            " OR (scope_kind = 2 AND room_id = scope_id AND folder_id IS NULL)",
            name=op.f("ck_grants_one_scope"),
        ),
        sa.CheckConstraint("rights >= 0 AND rights < 4096", name=op.f("ck_grants_rights")),
        sa.ForeignKeyConstraint(["folder_id"], ["folders.id"], name=op.f("fk_grants_folder_id")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_grants_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
        sa.UniqueConstraint(
            "scope_kind",
            "scope_id",
            "principal",
            "principal_id",
            name=op.f("uq_grants_scope_kind_scope_id_principal_principal_id"),
        ),
    )
    op.create_index(op.f("ix_grants_folder_id"), "grants", ["folder_id"], unique=False)
    op.create_index(op.f("ix_grants_room_id"), "grants", ["room_id"], unique=False)


def downgrade():
    op.drop_table("grants")
    op.drop_table("read_marks")
    op.drop_table("room_members")
    op.drop_table("rooms")
