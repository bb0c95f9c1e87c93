"""The words of names and addresses, so that anybody is found by any of them. The worker adds who is there already."""

import sqlalchemy as sa
from alembic import op

from app.models import types

revision = "0019_name_words"
down_revision = "0018_figures"


def upgrade():
    op.create_table(
        "name_words",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("kind", types.exact(32), nullable=False),
        sa.Column("object_id", types.BigInt, nullable=False),
        sa.Column("domain_id", types.BigInt, nullable=False),
        sa.Column("word", types.label(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_words")),
    )
    op.create_index("ix_name_words_kind_object_id", "name_words", ["kind", "object_id", "word"], unique=False)
    op.create_index("ix_name_words_kind_word", "name_words", ["kind", "word", "object_id"], unique=False)
    op.create_index(
        "ix_name_words_domain_id_kind_word",
        "name_words",
        ["domain_id", "kind", "word", "object_id"],
        unique=False,
    )


def downgrade():
    op.drop_table("name_words")
