"""The modules of a licence."""

import sqlalchemy as sa
from alembic import op

from app.models import types

revision = "0012_licence_modules"
down_revision = "0011_trail_search"


def upgrade():
    op.add_column("licenses", sa.Column("modules", types.exact(255), nullable=True))


def downgrade():
    op.drop_column("licenses", "modules")
