"""Rules that keep the models portable to SQL Server and Oracle, and the DDL rendered for both."""

import io
import re
from contextlib import redirect_stdout

import flask_migrate
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mssql, mysql, oracle
from sqlalchemy.schema import CreateTable

from app.extensions import db
from app.models import Base, Domain
from app.models.types import BigInt, Choice, Folded, PortableText, UtcDateTime
from tests.support import schema, source

FOREIGN = ("mssql", "oracle")
DIALECTS = {"mysql": mysql.dialect(), "mssql": mssql.dialect(), "oracle": oracle.dialect()}
# Characters of MySQL's identifiers; SQL Server and Oracle take 128.
LONGEST_NAME = 64

# Bytes of an index row: InnoDB's DYNAMIC row format; SQL Server's nonclustered index; an 8 KiB block of
# Oracle.
LONGEST_KEY = {"mysql": 3072, "mssql": 1700, "oracle": 6398}

BYTES_A_CHARACTER = {"mysql": 4, "mssql": 2, "oracle": 4}
ALLOWED_TYPES = (PortableText, Choice, UtcDateTime, sa.BigInteger, sa.Integer, sa.Boolean, sa.LargeBinary)

TABLES = Base.metadata.sorted_tables
COLUMNS = [column for table in TABLES for column in table.columns]


@pytest.fixture(scope="module")
def ddl(built_app):
    """Return the DDL of all migrations, by dialect, as printed without a driver."""
    with built_app.app_context():
        return {name: printed(flask_migrate.upgrade, name) for name in FOREIGN}


def printed(command, dialect: str, revision: str = "head") -> str:
    text = io.StringIO()
    with redirect_stdout(text):
        command(schema.MIGRATIONS, revision, sql=True, x_arg=f"dialect={dialect}")
    return text.getvalue()


@source.each(column=COLUMNS)
def test_columns_have_portable_types(column):
    assert isinstance(column.type, ALLOWED_TYPES), f"{column}: take a type from app.models.types"


@source.each(table=TABLES)
@pytest.mark.parametrize("dialect", FOREIGN)
def test_text_is_unicode_without_mysql_collation(table, dialect):
    statement = str(CreateTable(table).compile(dialect=DIALECTS[dialect]))
    assert not re.search(r"utf8mb4|CHARACTER SET|ENGINE=", statement)
    assert not re.search(r"(?<!N)(?<!NATIONAL )\b(VARCHAR|VARCHAR2|TEXT|CLOB|NTEXT|IMAGE)\b", statement)


@source.each(table=TABLES)
def test_times_have_microseconds(table):
    rendered = {name: str(CreateTable(table).compile(dialect=dialect)) for name, dialect in DIALECTS.items()}
    moments = [column for column in table.columns if isinstance(column.type, UtcDateTime)]
    assert rendered["mysql"].count("DATETIME(6)") == len(moments)
    assert rendered["mssql"].count("DATETIME2(6)") == len(moments)
    assert len(re.findall(r"\bTIMESTAMP\b", rendered["oracle"])) == len(moments)


@source.each(table=TABLES)
def test_primary_keys_are_bigint_identities(table):
    keys = list(table.primary_key.columns)
    if [key.name for key in keys] == ["id"]:
        assert keys[0].identity is not None
        assert isinstance(keys[0].type, type(BigInt))
    else:
        assert all(key.identity is None and key.autoincrement in (False, "auto") for key in keys)


def test_no_table_has_two_cascade_paths():
    """SQL Server refuses a table that a deletion could reach along two paths."""
    deletes = {table.name: set() for table in TABLES}
    for table in TABLES:
        for key in table.foreign_keys:
            if (key.ondelete or "NO ACTION").upper() not in ("NO ACTION", "RESTRICT"):
                assert key.column.table is not table, f"{table.name} deletes itself"
                deletes[table.name].add(key.column.table.name)
    for name, above in deletes.items():
        assert len(above) <= 1, f"{name} is reached by deletions of {sorted(above)}"


def unique_sets(table):
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint | sa.PrimaryKeyConstraint):
            yield constraint.name, list(constraint.columns)
    for index in table.indexes:
        if index.unique:
            yield index.name, list(index.columns)


@source.each(table=TABLES)
def test_unique_keys_contain_no_null(table):
    """Databases disagree about whether two NULLs are the same."""
    for name, columns in unique_sets(table):
        assert not [column.name for column in columns if column.nullable], name


def indexed_sets(table):
    yield from unique_sets(table)
    for index in table.indexes:
        yield index.name, list(index.columns)


@source.each(table=TABLES)
def test_long_columns_are_not_indexed(table):
    for name, columns in indexed_sets(table):
        for dialect, limit in LONGEST_KEY.items():
            assert sum(key_bytes(column.type, dialect) for column in columns) <= limit, f"{name} on {dialect}"


def key_bytes(kind, dialect: str) -> int:
    """Return the bytes a column takes in an index; long text takes too many."""
    if isinstance(kind, Folded) and dialect == "mysql":
        return kind.size
    if isinstance(kind, PortableText | Choice):
        return (kind.impl.length or 1_000_000) * BYTES_A_CHARACTER[dialect]
    return (kind.length or 1_000_000) if isinstance(kind, sa.LargeBinary) else 8


@source.each(table=TABLES)
def test_constraint_names_are_given_and_short(table):
    named = [*table.constraints, *table.indexes]
    assert all(item.name for item in named)
    for item in [table, *table.columns, *named]:
        assert len(str(item.name)) <= LONGEST_NAME, item.name


@source.each(column=COLUMNS)
def test_no_column_defaults_to_empty_text(column):
    start = getattr(column.server_default, "arg", None)
    assert str(start) not in ("", "''")
    assert getattr(column.default, "arg", None) != ""


def test_empty_text_is_stored_as_null(app):
    domain = Domain(name="empty.example", description="")
    db.session.add(domain)
    db.session.commit()
    db.session.refresh(domain)
    assert domain.description is None


def test_empty_text_is_refused_for_required_column(app):
    db.session.add(Domain(name=""))
    with pytest.raises(sa.exc.IntegrityError):
        db.session.flush()


def test_search_for_empty_text_finds_all(app):
    db.session.add(Domain(name="looked.example", description="something"))
    db.session.flush()
    assert db.session.query(Domain).filter(Domain.description.contains("", autoescape=True)).count() == 1


@pytest.mark.parametrize("dialect", FOREIGN)
def test_migrations_render_without_a_driver(ddl, dialect):
    tables = set()
    for keyword, name in re.findall(r'(CREATE|DROP) TABLE ([\w"\[\]]+)', ddl[dialect]):
        (tables.add if keyword == "CREATE" else tables.discard)(name.strip('"[]'))
    assert tables == {*Base.metadata.tables, "alembic_version"}
    own_ddl = ddl[dialect].replace("alembic_version", "")
    assert "utf8mb4" not in own_ddl and " BOOLEAN" not in own_ddl


@pytest.mark.parametrize("dialect", FOREIGN)
def test_rendered_rows_can_be_inserted(ddl, dialect):
    """Neither a key given to a numbered table, nor a value handed back to nobody."""
    assert "IDENTITY_INSERT" not in ddl[dialect]
    assert not re.search(r"RETURNING|OUTPUT|:ret_", ddl[dialect])


@pytest.mark.parametrize("dialect", FOREIGN)
def test_downgrades_render(built_app, dialect):
    with built_app.app_context():
        text = printed(flask_migrate.downgrade, dialect, "head:base")
    dropped = {name.strip('"[]') for name in re.findall(r"DROP TABLE (\S+?);?\s", text)}
    assert dropped >= set(Base.metadata.tables)
