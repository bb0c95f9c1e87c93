"""The words of messages, for search."""

import sqlalchemy as sa
from alembic import op

from app.models import types

revision = "0021_search"
down_revision = "0020_list_indexes"


def upgrade():
    op.create_table(
        "message_words",
        sa.Column("word", types.exact(40), nullable=False),
        sa.Column("room_id", types.BigInt, autoincrement=False, nullable=False),
        sa.Column("seq", types.BigInt, autoincrement=False, nullable=False),
        sa.Column("message_id", types.BigInt, nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_message_words_room_id")),
        sa.PrimaryKeyConstraint("word", "room_id", "seq", name=op.f("pk_message_words")),
    )
    op.create_index("ix_message_words_room_id_seq", "message_words", ["room_id", "seq"], unique=False)
    op.create_table(
        "search_marks",
        sa.Column("room_id", types.BigInt, autoincrement=False, nullable=False),
        sa.Column("last_seq", types.BigInt, nullable=False),
        sa.Column("last_change", types.BigInt, nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_search_marks_room_id")),
        sa.PrimaryKeyConstraint("room_id", name=op.f("pk_search_marks")),
    )


def downgrade():
    op.drop_table("search_marks")
    op.drop_table("message_words")
