"""Indexes: the trail by moment, by person and by object's name."""

from alembic import op

revision = "0011_trail_search"
down_revision = "0010_mail_references"


def upgrade():
    op.create_index("ix_audit_entries_created_at", "audit_entries", ["created_at", "id"], unique=False)
    op.create_index("ix_audit_entries_actor_name", "audit_entries", ["actor_name", "id"], unique=False)
    op.create_index("ix_audit_entries_object_name", "audit_entries", ["object_name", "id"], unique=False)


def downgrade():
    op.drop_index("ix_audit_entries_object_name", table_name="audit_entries")
    op.drop_index("ix_audit_entries_actor_name", table_name="audit_entries")
    op.drop_index("ix_audit_entries_created_at", table_name="audit_entries")
