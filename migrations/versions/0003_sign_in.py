"""Signed-in devices and the memory of failed sign-ins."""

import sqlalchemy as sa
from alembic import op

from app.models import types

revision = "0003_sign_in"
down_revision = "0002_people"


def upgrade():
    op.create_table(
        "sessions",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("account_id", types.BigInt, nullable=False),
        sa.Column("token_digest", types.digest(), nullable=False),
        sa.Column("last_seen_at", types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("revoked_at", types.UtcDateTime(), nullable=True),
        sa.Column("ip", types.exact(45), nullable=True),
        sa.Column("user_agent", types.label(300), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_sessions_token_digest")),
    )
    op.create_index("ix_sessions_account_id", "sessions", ["account_id", "revoked_at"], unique=False)
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"], unique=False)
    op.create_table(
        "sign_in_failures",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("subject", types.digest(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", types.UtcDateTime(), nullable=False),
        sa.Column("blocked_until", types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failures")),
        sa.UniqueConstraint("subject", name=op.f("uq_sign_in_failures_subject")),
    )
    op.create_index(op.f("ix_sign_in_failures_last_at"), "sign_in_failures", ["last_at"], unique=False)


def downgrade():
    op.drop_table("sign_in_failures")
    op.drop_table("sessions")
