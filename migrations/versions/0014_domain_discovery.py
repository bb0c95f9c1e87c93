"""A domain's own values of SmartDiscover, in place of the server's."""

import sqlalchemy as sa
from alembic import op

from app.models import types

revision = "0014_domain_discovery"
down_revision = "0013_account_details"


def upgrade():
    op.create_table(
        "domain_discoveries",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("domain_id", types.BigInt, nullable=False),
        sa.Column("overrides", types.long_text(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["domain_id"], ["domains.id"], name=op.f("fk_domain_discoveries_domain_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_domain_discoveries")),
        sa.UniqueConstraint("domain_id", name=op.f("uq_domain_discoveries_domain_id")),
    )


def downgrade():
    op.drop_table("domain_discoveries")
