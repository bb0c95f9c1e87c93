"""Messages, earlier wordings and mentions."""

import sqlalchemy as sa
from alembic import op

from app.models import types

revision = "0005_conversation"
down_revision = "0004_rooms"


def upgrade():
    op.create_table(
        "messages",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("room_id", types.BigInt, nullable=False),
        sa.Column("seq", types.BigInt, nullable=False),
        sa.Column("note", sa.Integer(), server_default="0", nullable=False),
        sa.Column("change_no", types.BigInt, server_default="0", nullable=False),
        sa.Column("kind", types.exact(32), nullable=False),
        sa.Column("author_id", types.BigInt, nullable=False),
        sa.Column("client_id", types.exact(36), nullable=False),
        sa.Column("parent_id", types.BigInt, nullable=True),
        sa.Column("body", types.long_text(), nullable=True),
        sa.Column("html", types.long_text(), nullable=True),
        sa.Column("edited_at", types.UtcDateTime(), nullable=True),
        sa.Column("deleted_at", types.UtcDateTime(), nullable=True),
        sa.Column("deleted_by_id", types.BigInt, nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["accounts.id"], name=op.f("fk_messages_author_id")),
        sa.ForeignKeyConstraint(["deleted_by_id"], ["accounts.id"], name=op.f("fk_messages_deleted_by_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["messages.id"], name=op.f("fk_messages_parent_id")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_messages_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("author_id", "client_id", name=op.f("uq_messages_author_id_client_id")),
        sa.UniqueConstraint("room_id", "seq", "note", name=op.f("uq_messages_room_id_seq_note")),
    )
    op.create_index(op.f("ix_messages_parent_id"), "messages", ["parent_id"], unique=False)
    op.create_index("ix_messages_room_id_change_no", "messages", ["room_id", "change_no"], unique=False)
    op.create_table(
        "message_versions",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("message_id", types.BigInt, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", types.long_text(), nullable=True),
        sa.Column("edited_by_id", types.BigInt, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edited_by_id"], ["accounts.id"], name=op.f("fk_message_versions_edited_by_id")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_message_versions_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_versions")),
        sa.UniqueConstraint("message_id", "number", name=op.f("uq_message_versions_message_id_number")),
    )
    op.create_table(
        "mentions",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("message_id", types.BigInt, nullable=False),
        sa.Column("account_id", types.BigInt, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_mentions_account_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_mentions_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentions")),
        sa.UniqueConstraint("message_id", "account_id", name=op.f("uq_mentions_message_id_account_id")),
    )
    op.create_index(
        "ix_mentions_account_id_message_id", "mentions", ["account_id", "message_id"], unique=False
    )


def downgrade():
    op.drop_table("mentions")
    op.drop_table("message_versions")
    op.drop_table("messages")
