"""Pictures of people, and what they choose for themselves."""

import sqlalchemy as sa
from alembic import op

from app.models import types

revision = "0022_pictures"
down_revision = "0021_search"


def upgrade():
    op.create_table(
        "pictures",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("account_id", types.BigInt, nullable=False),
        sa.Column("token", types.exact(32), nullable=False),
        sa.Column("content", types.small_file(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_pictures_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
        sa.UniqueConstraint("account_id", name=op.f("uq_pictures_account_id")),
        sa.UniqueConstraint("token", name=op.f("uq_pictures_token")),
    )
    op.add_column("accounts", sa.Column("picture", types.exact(32), nullable=True))
    op.add_column("accounts", sa.Column("theme", types.exact(8), nullable=True))
    op.add_column(
        "accounts", sa.Column("enter_sends", sa.Boolean(), server_default=sa.true(), nullable=False)
    )


def downgrade():
    for column in ("enter_sends", "theme", "picture"):
        op.drop_column("accounts", column)
    op.drop_table("pictures")
