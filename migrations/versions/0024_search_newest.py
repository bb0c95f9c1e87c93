"""The words of messages, in the order of the messages: a search reads the newest and stops.

They are made from the messages, so they are not moved: the worker writes them again, and search reads the rooms
themselves meanwhile.
"""

import sqlalchemy as sa
from alembic import op

from app.models import types

revision = "0024_search_newest"
down_revision = "0023_list_counts"


def upgrade():
    _again("message_id", "seq")


def downgrade():
    _again("seq", "message_id")


def _again(place, beside):
    op.drop_table("message_words")
    op.execute("DELETE FROM search_marks")
    op.create_table(
        "message_words",
        sa.Column("word", types.exact(40), nullable=False),
        sa.Column("room_id", types.BigInt, autoincrement=False, nullable=False),
        sa.Column(place, types.BigInt, autoincrement=False, nullable=False),
        sa.Column(beside, types.BigInt, nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_message_words_room_id")),
        sa.PrimaryKeyConstraint("word", "room_id", place, name=op.f("pk_message_words")),
    )
    op.create_index(f"ix_message_words_room_id_{place}", "message_words", ["room_id", place], unique=False)
