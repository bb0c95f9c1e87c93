"""The state of a room before it was deleted, so that restoring gives back exactly that."""

import sqlalchemy as sa
from alembic import op

from app.models import types

revision = "0025_state_before_trash"
down_revision = "0024_search_newest"


def upgrade():
    op.add_column("rooms", sa.Column("state_before_trash", types.exact(32), nullable=True))


def downgrade():
    op.drop_column("rooms", "state_before_trash")
