"""The subject of a mail, the reason of a failure, and indexes for searching the outbox."""

import sqlalchemy as sa
from alembic import op

from app.models import types

revision = "0010_mail_references"
down_revision = "0009_guests"


def upgrade():
    op.add_column("outgoing_mails", sa.Column("about_kind", types.exact(32), nullable=True))
    op.add_column("outgoing_mails", sa.Column("about_id", types.BigInt, nullable=True))
    op.add_column("outgoing_mails", sa.Column("failure", types.exact(32), nullable=True))
    op.create_index(
        "ix_outgoing_mails_about_kind_about_id",
        "outgoing_mails",
        ["about_kind", "about_id", "id"],
        unique=False,
    )
    op.create_index("ix_outgoing_mails_state", "outgoing_mails", ["state", "id"], unique=False)
    op.create_index("ix_outgoing_mails_recipient", "outgoing_mails", ["recipient", "id"], unique=False)
    op.create_index("ix_outgoing_mails_template", "outgoing_mails", ["template", "id"], unique=False)


def downgrade():
    op.drop_index("ix_outgoing_mails_template", table_name="outgoing_mails")
    op.drop_index("ix_outgoing_mails_recipient", table_name="outgoing_mails")
    op.drop_index("ix_outgoing_mails_state", table_name="outgoing_mails")
    op.drop_index("ix_outgoing_mails_about_kind_about_id", table_name="outgoing_mails")
    op.drop_column("outgoing_mails", "failure")
    op.drop_column("outgoing_mails", "about_id")
    op.drop_column("outgoing_mails", "about_kind")
