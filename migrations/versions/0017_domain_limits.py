"""Domains: when they end, how many people they hold, and whether they were deleted."""

import sqlalchemy as sa
from alembic import op

from app.models import types

revision = "0017_domain_limits"
down_revision = "0016_group_pace"


def upgrade():
    op.add_column("domains", sa.Column("expires_at", types.UtcDateTime(), nullable=True))
    op.add_column("domains", sa.Column("account_limit", sa.Integer(), nullable=True))
    op.add_column("domains", sa.Column("guest_limit", sa.Integer(), nullable=True))
    op.add_column("domains", sa.Column("deleted_at", types.UtcDateTime(), nullable=True))
    op.create_index("ix_domains_expires_at", "domains", ["expires_at"], unique=False)


def downgrade():
    op.drop_index("ix_domains_expires_at", table_name="domains")
    for column in ("deleted_at", "guest_limit", "account_limit", "expires_at"):
        op.drop_column("domains", column)
