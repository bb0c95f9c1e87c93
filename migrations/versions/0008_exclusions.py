"""People who are excluded from a group that an entry would bring them into."""

import sqlalchemy as sa
from alembic import op

from app.models import types

revision = "0008_exclusions"
down_revision = "0007_finding"


def upgrade():
    op.create_table(
        "exclusions",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("group_id", types.BigInt, nullable=False),
        sa.Column("account_id", types.BigInt, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_exclusions_account_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_exclusions_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusions")),
        sa.UniqueConstraint("group_id", "account_id", name=op.f("uq_exclusions_group_id_account_id")),
    )
    op.create_index("ix_exclusions_account_id", "exclusions", ["account_id", "group_id"], unique=False)


def downgrade():
    op.drop_table("exclusions")
