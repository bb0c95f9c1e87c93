"""A database as text: one SQL statement a line, written from one consistent snapshot while people go on working.

MariaDB's own mariadb-dump stands in a package of its own; this needs the application's driver only, reads a server
that is elsewhere too, and any client of MariaDB or MySQL can load what it writes.
"""

from collections.abc import Iterable, Iterator

import pymysql
from pymysql.converters import encoders, escape_string
from pymysql.cursors import SSCursor
from sqlalchemy.engine import make_url

from deploy.local.steps import Stopped

STATEMENT = 512 * 1024
"""Bytes after which an INSERT ends; MySQL takes 64 MiB at once, old settings 1 MiB."""

SNAPSHOT = (
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)
LOADING = ("SET FOREIGN_KEY_CHECKS=0", "SET UNIQUE_CHECKS=0", "SET sql_mode=''", "SET time_zone='+00:00'")
COMMIT_EVERY = 50
"""Statements of a load between two commits."""


def connect(url: str) -> pymysql.Connection:
    """A connection to the database that DATABASE_URL names; values come and go as text. Error: Stopped."""
    named = make_url(url)
    if named.get_backend_name() not in ("mysql", "mariadb"):
        raise Stopped(
            "Only MariaDB and MySQL are backed up by this command. A file of SQLite is copied while nothing runs; "
            "other servers have tools of their own."
        )
    secure = {name: named.query[name] for name in ("ssl_ca", "ssl_cert", "ssl_key") if name in named.query}
    try:
        return pymysql.connect(
            host=named.host or "localhost",
            port=named.port or 3306,
            user=named.username,
            password=named.password or "",
            database=named.database,
            unix_socket=named.query.get("unix_socket"),
            charset="utf8mb4",
            conv=dict(encoders),  # none that decodes: what comes is text
            connect_timeout=10,
            **secure,
        )
    except pymysql.err.OperationalError as error:
        raise Stopped(f"The database does not answer: {error.args[-1]}") from None


def tables(connection) -> list[str]:
    """Names of the tables there are."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'")
        return sorted(row[0] for row in cursor.fetchall())


def statements(connection, counts: dict[str, int]) -> Iterator[str]:
    """Every table with its rows, as statements on a line each. counts: takes how many rows each table has."""
    with connection.cursor() as cursor:
        for statement in SNAPSHOT:
            cursor.execute(statement)
    for table in tables(connection):
        with connection.cursor() as cursor:
            cursor.execute(f"SHOW CREATE TABLE `{table}`")
            yield " ".join(cursor.fetchone()[1].split("\n"))
        counts[table] = 0
        yield from _rows(connection, table, counts)
    connection.rollback()


def load(connection, lines: Iterable[str]) -> None:
    """Run such statements on an empty database."""
    with connection.cursor() as cursor:
        for statement in LOADING:
            cursor.execute(statement)
        for number, line in enumerate(lines, 1):
            cursor.execute(line)
            if number % COMMIT_EVERY == 0:
                connection.commit()
    connection.commit()


def drop_everything(connection) -> None:
    """Empty the database."""
    with connection.cursor() as cursor:
        cursor.execute("SET FOREIGN_KEY_CHECKS=0")
        for table in tables(connection):
            cursor.execute(f"DROP TABLE `{table}`")
    connection.commit()


def count_rows(connection, names: Iterable[str]) -> dict[str, int]:
    """How many rows some tables have."""
    counted = {}
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"SELECT COUNT(*) FROM `{name}`")  # noqa: S608 - the server's own name of a table
            counted[name] = int(cursor.fetchone()[0])
    return counted


def _rows(connection, table: str, counts: dict[str, int]) -> Iterator[str]:
    """INSERT statements of a bounded length. What the server computes by itself is left to it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW COLUMNS FROM `{table}`")
        names = [row[0] for row in cursor.fetchall() if "GENERATED" not in row[5].upper()]
    columns = ", ".join(f"`{name}`" for name in names)
    head = f"INSERT INTO `{table}` ({columns}) VALUES "  # noqa: S608 - the server's own names
    with connection.cursor(SSCursor) as cursor:
        cursor.execute(f"SELECT {columns} FROM `{table}`")  # noqa: S608 - the server's own names
        waiting, length = [], 0
        while row := cursor.fetchone():
            text = "(" + ",".join(map(_literal, row)) + ")"
            waiting.append(text)
            length += len(text)
            counts[table] += 1
            if length > STATEMENT:
                yield head + ",".join(waiting)
                waiting, length = [], 0
    if waiting:
        yield head + ",".join(waiting)


def _literal(value: str | bytes | None) -> str:
    """Line breaks are escaped, so a statement stays on its line; bytes that are no text are written in hexadecimal."""
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"X'{value.hex()}'" if value else "''"
    return f"'{escape_string(value)}'"
