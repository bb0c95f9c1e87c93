"""The database of a test run: made on the server that TEST_DATABASE_URL names, dropped at the end."""

import os
from contextlib import contextmanager
from pathlib import Path

import flask_migrate
import pytest
from sqlalchemy import create_engine, delete, text
from sqlalchemy.engine import URL, make_url

from app.models import Base, insert_first_rows

MIGRATIONS = str(Path(__file__).parents[2] / "migrations")
MISSING = (
    "TEST_DATABASE_URL is not set. Run bin/test, which starts a database for the tests, or name a MariaDB server "
    "whose user may create databases: mysql+pymysql://user:password@host/?charset=utf8mb4"
)


def server_url() -> URL:
    """Return the URL of the database server for tests, without a database."""
    url = os.environ.get("TEST_DATABASE_URL")
    if not url:
        pytest.exit(MISSING, returncode=4)
    return make_url(url).set(database=None)


@contextmanager
def temporary_database(name: str):
    """Make an empty database with this name until the block ends; yield its URL."""
    engine = create_engine(server_url(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(
            text(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci")
        )
        try:
            yield server_url().set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
            engine.dispose()


def migrate() -> None:
    """Bring the current application's database to the newest schema."""
    flask_migrate.upgrade(MIGRATIONS)


def empty_again(engine) -> None:
    """Take every row out and put the first ones back."""
    with engine.begin() as connection:
        connection.execute(text("SET FOREIGN_KEY_CHECKS = 0"))
        for table in Base.metadata.sorted_tables:
            connection.execute(delete(table))
        connection.execute(text("SET FOREIGN_KEY_CHECKS = 1"))
        insert_first_rows(connection, set(Base.metadata.sorted_tables))
