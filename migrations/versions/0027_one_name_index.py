"""Drop the word index of names: the finder reads search_text as the lists do."""

import sqlalchemy as sa
from alembic import op

from app.models import types

revision = "0027_one_name_index"
down_revision = "0026_search_text"


def upgrade():
    op.drop_table("name_words")
    op.create_index("ix_groups_domain_id_search_text", "groups", ["domain_id", "search_text"], unique=False)


def downgrade():
    """Bring the table back, empty: the hourly job of the earlier release fills it."""
    op.drop_index("ix_groups_domain_id_search_text", table_name="groups")
    op.create_table(
        "name_words",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("kind", types.exact(32), nullable=False),
        sa.Column("object_id", types.BigInt, nullable=False),
        sa.Column("domain_id", types.BigInt, nullable=False),
        sa.Column("word", types.label(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_words")),
    )
    kind = ["kind", "word", "object_id"]
    op.create_index("ix_name_words_kind_object_id", "name_words", ["kind", "object_id", "word"], unique=False)
    op.create_index("ix_name_words_kind_word", "name_words", kind, unique=False)
    op.create_index("ix_name_words_domain_id_kind_word", "name_words", ["domain_id", *kind], unique=False)
