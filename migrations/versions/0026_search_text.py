"""The search text of accounts and groups, as bytes in the index of their list."""

import sqlalchemy as sa
from alembic import context, op

from app.models import types
from app.text.search_text import SEARCH_TEXT_BYTES, SEARCH_TEXT_LENGTH, make_search_text

revision = "0026_search_text"
down_revision = "0025_state_before_trash"

FOUND = types.folded(SEARCH_TEXT_LENGTH, SEARCH_TEXT_BYTES)
NARROW = "ix_accounts_domain_id_is_guest_search_text"
BATCH = 1000
REST = ["role", "state", "is_guest", "has_groupware", "has_webdav", "has_teamchat", "last_sign_in_at"]


def upgrade():
    for table in ("accounts", "groups"):
        op.add_column(table, sa.Column("search_text", FOUND, nullable=True))
        fill(table)
        op.alter_column(table, "search_text", existing_type=FOUND, nullable=False)
    index_accounts_with("search_text")
    op.create_index(NARROW, "accounts", ["domain_id", "is_guest", "search_text"], unique=False)


def downgrade():
    op.drop_index(NARROW, table_name="accounts")
    index_accounts_with("address")
    for table in ("accounts", "groups"):
        op.drop_column(table, "search_text")


def index_accounts_with(column: str) -> None:
    """Replace the index of the list. Its columns, foreign key included, are covered by others meanwhile."""
    op.drop_index("ix_accounts_domain_id_name", table_name="accounts")
    columns = ["domain_id", "name", "id", column, *REST]
    op.create_index("ix_accounts_domain_id_name", "accounts", columns, unique=False)


def fill(name: str) -> None:
    """Fold what is stored. Where the statements are only printed, case alone is taken away."""
    columns = [sa.column("id"), sa.column("name", sa.String), sa.column("address", sa.String)]
    table = sa.table(name, *columns, sa.column("search_text", FOUND))
    if context.is_offline_mode():
        both = table.c.address + sa.literal(" ") + table.c.name
        op.execute(table.update().values(search_text=sa.func.lower(both)))
        return
    one = table.update().where(table.c.id == sa.bindparam("key"))
    last = 0
    while True:
        rows = (
            op.get_bind()
            .execute(sa.select(*columns).where(table.c.id > last).order_by(table.c.id).limit(BATCH))
            .all()
        )
        if not rows:
            return
        found = [{"key": row.id, "search_text": make_search_text(row.name, row.address)} for row in rows]
        op.get_bind().execute(one, found)
        last = rows[-1].id
