"""Tasks: long work that somebody asked for, and what became of its rows."""

import sqlalchemy as sa
from alembic import op

from app.models import types

revision = "0015_tasks"
down_revision = "0014_domain_discovery"


def upgrade():
    op.create_table(
        "tasks",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("kind", types.exact(64), nullable=False),
        sa.Column("subject", types.label(320), nullable=True),
        sa.Column("owner_id", types.BigInt, nullable=True),
        sa.Column("owner_name", types.label(320), nullable=True),
        sa.Column("domain_id", types.BigInt, nullable=True),
        sa.Column("arguments", types.long_text(), nullable=False),
        sa.Column("state", types.exact(32), nullable=False),
        sa.Column("is_cancelling", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("place", types.BigInt, nullable=False),
        sa.Column("total_count", sa.Integer(), nullable=False),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("changed_count", sa.Integer(), nullable=False),
        sa.Column("skipped_count", sa.Integer(), nullable=False),
        sa.Column("failed_count", sa.Integer(), nullable=False),
        sa.Column("last_error", types.long_text(), nullable=True),
        sa.Column("file_name", types.label(200), nullable=True),
        sa.Column("started_at", types.UtcDateTime(), nullable=True),
        sa.Column("finished_at", types.UtcDateTime(), nullable=True),
        sa.Column("expires_at", types.UtcDateTime(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index("ix_tasks_owner_id", "tasks", ["owner_id", "id"], unique=False)
    op.create_index("ix_tasks_finished_at", "tasks", ["finished_at"], unique=False)
    op.create_table(
        "task_lines",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("task_id", types.BigInt, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("name", types.label(320), nullable=True),
        sa.Column("outcome", types.exact(32), nullable=False),
        sa.Column("sentence", types.long_text(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_lines_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_lines")),
    )
    op.create_index("ix_task_lines_task_id", "task_lines", ["task_id", "id"], unique=False)


def downgrade():
    op.drop_table("task_lines")
    op.drop_table("tasks")
