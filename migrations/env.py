"""Running migrations: on the application's database, or as SQL for one without a driver on this machine.

`flask db upgrade --sql -x dialect=mssql` (or oracle) prints what would be executed.
"""

import sqlalchemy as sa
from alembic import context
from flask import current_app

from app.extensions import db
from app.models import types

# Without a server to ask, Oracle's DDL keeps to what versions before 23 know; and a script returns nothing.
FLAVOURS = {
    "oracle": {"supports_native_boolean": False, "insert_returning": False},
    "mssql": {"insert_returning": False},
}


def comparing() -> dict:
    """Return the options for deriving a migration from the models: types, defaults, and the names of our types."""
    return {
        "target_metadata": db.metadata,
        "compare_type": True,
        "compare_server_default": False,
        "render_item": in_our_words,
    }


def in_our_words(kind, item, autogen_context):
    """Write `types.label(200)` where the models say so."""
    if kind != "type":
        return False
    word = _word_for(item)
    if word:
        autogen_context.imports.add("from app.models import types")
    return word or False


def _word_for(item) -> str | None:
    if isinstance(item, types.PortableText):
        return repr(item)
    if isinstance(item, types.Choice):
        return f"types.exact({item.impl.length})"
    if isinstance(item, types.UtcDateTime):
        return "types.UtcDateTime()"
    if isinstance(item, sa.BigInteger):
        return "types.BigInt"
    return "types.digest()" if isinstance(item, sa.LargeBinary) else None


def print_sql() -> None:
    """Print the statements for a dialect, by its name alone."""
    name = context.get_x_argument(as_dictionary=True).get("dialect") or db.engine.dialect.name
    context.configure(dialect_name=name, literal_binds=True, **comparing())
    for option, value in FLAVOURS.get(name, {}).items():
        setattr(context.get_context().dialect, option, value)
    with context.begin_transaction():
        context.run_migrations()


def run() -> None:
    """Execute the statements on the application's database."""
    with db.engine.connect() as connection:
        options = {**current_app.extensions["migrate"].configure_args, **comparing()}
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    print_sql()
else:
    run()
