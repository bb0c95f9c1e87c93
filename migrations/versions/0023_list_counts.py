"""An index as narrow as can be, by which the list of accounts is counted."""

from alembic import op

revision = "0023_list_counts"
down_revision = "0022_pictures"


COLUMNS = [
    "domain_id",
    "is_guest",
    "state",
    "role",
    "has_teamchat",
    "has_groupware",
    "has_webdav",
    "last_sign_in_at",
]


def upgrade():
    op.create_index("ix_accounts_domain_id_is_guest", "accounts", COLUMNS, unique=False)


def downgrade():
    op.drop_index("ix_accounts_domain_id_is_guest", table_name="accounts")
