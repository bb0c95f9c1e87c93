"""Figures: what every process reports, peaks, and what happened in every hour."""

import sqlalchemy as sa
from alembic import op

from app.models import types

revision = "0018_figures"
down_revision = "0017_domain_limits"


def upgrade():
    op.create_table(
        "process_reports",
        sa.Column("process", types.exact(64), nullable=False),
        sa.Column("windows", sa.Integer(), nullable=False),
        sa.Column("open_rooms", sa.Integer(), nullable=False),
        sa.Column("reported_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("process", name=op.f("pk_process_reports")),
    )
    op.create_table(
        "figures",
        sa.Column("name", types.exact(32), nullable=False),
        sa.Column("hour", types.UtcDateTime(), nullable=False),
        sa.Column("value", types.BigInt, nullable=False),
        sa.PrimaryKeyConstraint("name", "hour", name=op.f("pk_figures")),
    )
    op.create_index("ix_figures_hour", "figures", ["hour"], unique=False)
    op.add_column("services", sa.Column("peak", sa.Integer(), server_default="0", nullable=False))
    op.add_column("services", sa.Column("peak_at", types.UtcDateTime(), nullable=True))


def downgrade():
    for column in ("peak_at", "peak"):
        op.drop_column("services", column)
    op.drop_table("figures")
    op.drop_table("process_reports")
