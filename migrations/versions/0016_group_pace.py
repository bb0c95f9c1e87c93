"""Groups: how many messages a minute they take, and what they took lately."""

import sqlalchemy as sa
from alembic import op

from app.models import types

revision = "0016_group_pace"
down_revision = "0015_tasks"


def upgrade():
    op.add_column("groups", sa.Column("sends_per_minute", sa.Integer(), nullable=True))
    op.create_table(
        "group_paces",
        sa.Column("group_id", types.BigInt, autoincrement=False, nullable=False),
        sa.Column("sends", types.exact(2000), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_group_paces_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_group_paces")),
    )


def downgrade():
    op.drop_table("group_paces")
    op.drop_column("groups", "sends_per_minute")
