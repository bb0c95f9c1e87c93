"""Indexes: the lists that name a group, sessions that ended long ago."""

from alembic import op

revision = "0007_finding"
down_revision = "0006_trail_and_work"


def upgrade():
    op.create_index(
        "ix_grants_principal_principal_id",
        "grants",
        ["principal", "principal_id", "scope_kind", "scope_id"],
        unique=False,
    )
    op.create_index("ix_sessions_revoked_at", "sessions", ["revoked_at"], unique=False)


def downgrade():
    op.drop_index("ix_sessions_revoked_at", table_name="sessions")
    op.drop_index("ix_grants_principal_principal_id", table_name="grants")
