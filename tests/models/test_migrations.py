"""Migrations: the tables of the models, reversible, without loss of stored rows."""

import difflib
import os
import re

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, func, inspect, select, text

from app.extensions import db
from app.models import Account, Base, Counter, Group, Service, ServiceName
from app.queries.accounts.listing import names_match
from tests.support import factories, schema
from tests.support.people import make_people

OWN = "alembic_version"


@pytest.fixture
def empty_database(built_app):
    """Enter the application's context on an empty database of its own."""
    with schema.temporary_database(f"teamchat_test_{os.getpid()}_migrations") as url, built_app.app_context():
        usual, db.engines[None] = db.engines[None], create_engine(url, isolation_level="READ COMMITTED")
        try:
            yield db.engine
        finally:
            db.session.remove()
            db.engine.dispose()
            db.engines[None] = usual


def up(revision="head"):
    flask_migrate.upgrade(schema.MIGRATIONS, revision)


def down(revision="base"):
    flask_migrate.downgrade(schema.MIGRATIONS, revision)


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {OWN}


def definitions() -> dict[str, list[str]]:
    """Return each table as the server describes it: columns, types, collations, keys and checks, in a fixed order."""
    described = {}
    with db.engine.connect() as connection:
        for table in tables():
            created = connection.execute(text(f"SHOW CREATE TABLE `{table}`")).one()[1]
            lines = re.sub(r" AUTO_INCREMENT=\d+", "", created).split("\n")
            described[table] = sorted(line.strip().rstrip(",") for line in lines)
    return described


def revisions() -> list[str]:
    """Return every revision, the oldest first."""
    return [script.revision for script in ScriptDirectory(schema.MIGRATIONS).walk_revisions()][::-1]


def test_migrations_and_models_describe_the_same_tables(empty_database):
    up()
    migrated = definitions()
    down()
    db.create_all()
    modelled = definitions()
    assert migrated.keys() == modelled.keys()
    for table, lines in modelled.items():
        assert migrated[table] == lines, "\n".join(difflib.unified_diff(migrated[table], lines, lineterm=""))


def test_migrations_leave_no_difference_to_the_models(empty_database):
    up()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_each_migration_is_reversible_on_an_empty_database(empty_database):
    for revision in revisions():
        up(revision)
        after = definitions()
        down("-1")
        assert definitions() != after
        up(revision)
        assert definitions() == after
    down()
    assert tables() == set()


def test_latest_migration_keeps_stored_rows_down_and_up(empty_database):
    up()
    make_people()
    before = rows_per_table()
    down("-1")
    remaining = tables() & before.keys()
    assert {table: count for table, count in rows_per_table().items() if table in remaining} == {
        table: count for table, count in before.items() if table in remaining
    }
    up()
    assert tables() == set(Base.metadata.tables)


def test_migrated_accounts_and_groups_are_found_by_name(empty_database):
    up()
    domain = factories.make_domain("xn--bcher-kva.example")
    factories.make_account(domain, "Élodie Noël", address="e.n@xn--bcher-kva.example")
    factories.make_group(domain, "Größe")
    db.session.commit()
    down("0025_state_before_trash")
    up()
    for question in ("noel elo", "e.n@bücher", "xn--bcher"):
        assert db.session.scalars(select(Account.name).where(names_match(Account, question))).all() == [
            "Élodie Noël"
        ]
    assert db.session.scalars(select(Group.name).where(names_match(Group, "grosse"))).all() == ["Größe"]
    assert not db.session.scalars(select(Group.name).where(names_match(Group, "grosser"))).all()


def test_filled_database_is_downgraded_to_nothing(empty_database):
    up()
    make_people()
    down()
    assert tables() == set()


def rows_per_table() -> dict[str, int]:
    with db.engine.connect() as connection:
        return {table: connection.scalar(text(f"SELECT COUNT(*) FROM `{table}`")) for table in tables()}


@pytest.mark.parametrize("create", [up, db.create_all], ids=["migrations", "create_all"])
def test_new_database_has_its_first_rows(empty_database, create):
    create()
    assert db.session.scalar(select(Counter.value).where(Counter.name == "access")) == 0
    assert set(db.session.scalars(select(Service.name).where(Service.is_running))) == set(ServiceName)


def test_second_create_all_adds_no_row(empty_database):
    db.create_all()
    db.create_all()
    assert db.session.scalar(select(func.count()).select_from(Service)) == len(ServiceName)


def test_migrations_form_one_line():
    assert len(ScriptDirectory(schema.MIGRATIONS).get_heads()) == 1
