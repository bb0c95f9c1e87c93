"""Indexes that the lists of accounts filter, sort and count by."""

from alembic import op

revision = "0020_list_indexes"
down_revision = "0019_name_words"

BEFORE = ["domain_id", "name", "id", "address", "role", "state", "is_guest"]
FEATURES = ["has_groupware", "has_webdav", "has_teamchat", "last_sign_in_at"]


def upgrade():
    op.create_index(
        "ix_accounts_domain_id_last_sign_in_at",
        "accounts",
        ["domain_id", "last_sign_in_at", "id"],
        unique=False,
    )
    op.drop_index("ix_accounts_domain_id_name", table_name="accounts")
    op.create_index("ix_accounts_domain_id_name", "accounts", [*BEFORE, *FEATURES], unique=False)


def downgrade():
    op.drop_index("ix_accounts_domain_id_name", table_name="accounts")
    op.create_index("ix_accounts_domain_id_name", "accounts", BEFORE, unique=False)
    op.drop_index("ix_accounts_domain_id_last_sign_in_at", table_name="accounts")
