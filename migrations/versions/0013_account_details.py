"""Links to choose a password, contact cards, administrators of several domains, and when an account was deleted."""

import sqlalchemy as sa
from alembic import op

from app.models import types

revision = "0013_account_details"
down_revision = "0012_licence_modules"


def upgrade():
    op.add_column(
        "accounts", sa.Column("password_generation", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("accounts", sa.Column("password_link_until", types.UtcDateTime(), nullable=True))
    op.add_column("accounts", sa.Column("deleted_at", types.UtcDateTime(), nullable=True))
    op.create_table(
        "contact_cards",
        sa.Column("account_id", types.BigInt, autoincrement=False, nullable=False),
        sa.Column("first_name", types.label(200), nullable=True),
        sa.Column("last_name", types.label(200), nullable=True),
        sa.Column("title", types.label(200), nullable=True),
        sa.Column("organisation", types.label(200), nullable=True),
        sa.Column("department", types.label(200), nullable=True),
        sa.Column("work_phone", types.label(64), nullable=True),
        sa.Column("mobile_phone", types.label(64), nullable=True),
        sa.Column("home_phone", types.label(64), nullable=True),
        sa.Column("other_email", types.label(320), nullable=True),
        sa.Column("street", types.label(300), nullable=True),
        sa.Column("postal_code", types.label(32), nullable=True),
        sa.Column("city", types.label(200), nullable=True),
        sa.Column("region", types.label(200), nullable=True),
        sa.Column("country", types.label(200), nullable=True),
        sa.Column("website", types.label(500), nullable=True),
        sa.Column("notes", types.long_text(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_contact_cards_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_contact_cards")),
    )
    op.create_table(
        "administered_domains",
        sa.Column("account_id", types.BigInt, autoincrement=False, nullable=False),
        sa.Column("domain_id", types.BigInt, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_administered_domains_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["domain_id"], ["domains.id"], name=op.f("fk_administered_domains_domain_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "domain_id", name=op.f("pk_administered_domains")),
    )
    op.create_index(
        op.f("ix_administered_domains_domain_id"), "administered_domains", ["domain_id"], unique=False
    )
    op.create_index("ix_accounts_role", "accounts", ["role", "domain_id", "name", "id"], unique=False)


def downgrade():
    op.drop_index("ix_accounts_role", "accounts")
    op.drop_table("administered_domains")
    op.drop_table("contact_cards")
    op.drop_column("accounts", "deleted_at")
    op.drop_column("accounts", "password_link_until")
    op.drop_column("accounts", "password_generation")
