"""Tables of the server: settings, counters, services, licences, the log of access changes."""

import sqlalchemy as sa
from alembic import op

from app.models import types

revision = "0001_server"
down_revision = None


def upgrade():
    op.create_table(
        "server_settings",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("name", types.exact(64), nullable=False),
        sa.Column("value", types.long_text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_server_settings")),
        sa.UniqueConstraint("name", name=op.f("uq_server_settings_name")),
    )
    op.create_table(
        "counters",
        sa.Column("name", types.exact(32), nullable=False),
        sa.Column("value", types.BigInt, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "services",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("name", types.exact(32), nullable=False),
        sa.Column("is_running", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("since_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sa.UniqueConstraint("name", name=op.f("uq_services_name")),
    )
    op.create_table(
        "licenses",
        sa.Column("id", types.BigInt, sa.Identity(), nullable=False),
        sa.Column("kind", types.exact(32), nullable=False),
        sa.Column("holder", types.label(200), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("reference", types.exact(64), nullable=False),
        sa.Column("valid_until", types.UtcDateTime(), nullable=False),
        sa.Column("document", types.long_text(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("seats >= 0", name=op.f("ck_licenses_seats")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licenses")),
    )
    op.create_table(
        "access_changes",
        sa.Column("epoch", types.BigInt, autoincrement=False, nullable=False),
        sa.Column("scope", types.exact(32), nullable=False),
        sa.Column("target_id", types.BigInt, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("epoch", name=op.f("pk_access_changes")),
    )
    _first_rows()


def downgrade():
    op.drop_table("access_changes")
    op.drop_table("licenses")
    op.drop_table("services")
    op.drop_table("counters")
    op.drop_table("server_settings")


def _first_rows():
    counters = sa.table("counters", sa.column("name", types.exact(32)), sa.column("value", types.BigInt))
    op.execute(counters.insert().values(name="access", value=0))
    services = sa.table(
        "services", sa.column("name", types.exact(32)), sa.column("since_at", types.UtcDateTime())
    )
    for name in ("teamchat", "groupware", "webdav", "webclient", "mail"):
        op.execute(services.insert().values(name=name, since_at=types.now()))
