"""The audit trail, mails to send and jobs to do."""

import sqlalchemy as sa
from alembic import op

from app.models import types

revision = "0006_trail_and_work"
down_revision = "0005_conversation"


def upgrade():
    op.create_table(
        "audit_entries",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("act", types.exact(64), nullable=False),
        sa.Column("actor_id", types.BigInt, nullable=True),
        sa.Column("actor_name", types.label(320), nullable=True),
        sa.Column("object_kind", types.exact(32), nullable=False),
        sa.Column("object_id", types.BigInt, nullable=True),
        sa.Column("object_name", types.label(320), nullable=True),
        sa.Column("domain_id", types.BigInt, nullable=True),
        sa.Column("origin", types.exact(45), nullable=True),
        sa.Column("request_id", types.exact(64), nullable=True),
        sa.Column("before", types.long_text(), nullable=True),
        sa.Column("after", types.long_text(), nullable=True),
        sa.Column("seal", types.digest(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["accounts.id"], name=op.f("fk_audit_entries_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_act", "audit_entries", ["act", "id"], unique=False)
    op.create_index("ix_audit_entries_actor_id", "audit_entries", ["actor_id", "id"], unique=False)
    op.create_index("ix_audit_entries_domain_id", "audit_entries", ["domain_id", "id"], unique=False)
    op.create_index(
        "ix_audit_entries_object_kind_object_id",
        "audit_entries",
        ["object_kind", "object_id", "id"],
        unique=False,
    )
    op.create_table(
        "outgoing_mails",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("recipient", types.exact(320), nullable=False),
        sa.Column("template", types.exact(64), nullable=False),
        sa.Column("language", types.exact(8), nullable=False),
        sa.Column("arguments", types.long_text(), nullable=False),
        sa.Column("state", types.exact(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=False),
        sa.Column("leased_until", types.UtcDateTime(), nullable=True),
        sa.Column("finished_at", types.UtcDateTime(), nullable=True),
        sa.Column("last_error", types.long_text(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mails")),
    )
    op.create_index(
        "ix_outgoing_mails_state_due_at", "outgoing_mails", ["state", "due_at", "id"], unique=False
    )
    op.create_table(
        "jobs",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("kind", types.exact(64), nullable=False),
        sa.Column("arguments", types.long_text(), nullable=False),
        sa.Column("state", types.exact(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=False),
        sa.Column("leased_until", types.UtcDateTime(), nullable=True),
        sa.Column("finished_at", types.UtcDateTime(), nullable=True),
        sa.Column("last_error", types.long_text(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index("ix_jobs_state_due_at", "jobs", ["state", "due_at", "id"], unique=False)


def downgrade():
    op.drop_table("jobs")
    op.drop_table("outgoing_mails")
    op.drop_table("audit_entries")
