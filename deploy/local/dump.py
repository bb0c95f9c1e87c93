"""Dump and load a database with MariaDB's own programs, mariadb-dump and mariadb."""

import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError

from deploy.local import programs
from deploy.local.paths import write_private
from deploy.local.steps import CommandError, explain

DUMP_OPTIONS = [
    "--single-transaction",  # one snapshot, and nobody waits for it
    "--hex-blob",
    "--no-tablespaces",
    "--skip-add-locks",
    "--skip-dump-date",
    "--default-character-set=utf8mb4",
    "--max-allowed-packet=1G",
]
# --binary-mode: the text is SQL alone, it can neither run a command of the client nor of the shell.
LOAD_OPTIONS = ["--batch", "--binary-mode", "--default-character-set=utf8mb4", "--max-allowed-packet=1G"]

# mariadb-dump writes each row on a line of its own, below a line with the table; line breaks in values are escaped.
TABLE_LINE = re.compile(rb"(CREATE TABLE|INSERT INTO) `(.+?)`(.*)")

# Archives of version 0.1 hold statements without a semicolon, one a line, and none of these settings.
VERSION_1_SETTINGS = (
    b"SET FOREIGN_KEY_CHECKS=0; SET UNIQUE_CHECKS=0; SET sql_mode=''; SET time_zone='+00:00';\n"
)


@contextmanager
def connect(url: str) -> Iterator[Connection]:
    """Connect to the database of DATABASE_URL, with each statement its own transaction. Raise CommandError."""
    if make_url(url).get_backend_name() not in ("mysql", "mariadb"):
        raise CommandError(
            "Only MariaDB and MySQL are backed up by this command. A file of SQLite is copied while nothing runs; "
            "other servers have tools of their own."
        )
    engine = create_engine(url, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 10})
    try:
        connection = engine.connect()
    except DBAPIError as error:
        raise CommandError(f"The database does not answer: {error.orig.args[-1]}") from None
    try:
        with connection:
            yield connection
    finally:
        engine.dispose()


def tables(connection: Connection) -> list[str]:
    """Return the names of all tables."""
    return sorted(inspect(connection).get_table_names())


def revision(connection: Connection) -> str | None:
    """Return the revision of the schema."""
    if "alembic_version" not in tables(connection):
        return None
    return connection.scalar(text("SELECT version_num FROM alembic_version"))


def drop_tables(connection: Connection) -> None:
    """Drop all tables."""
    connection.execute(text("SET FOREIGN_KEY_CHECKS=0"))
    for table in tables(connection):
        connection.execute(text(f"DROP TABLE `{table}`"))
    connection.execute(text("SET FOREIGN_KEY_CHECKS=1"))


def count_rows(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """Return the number of rows of some tables; 0 for a table that does not exist."""
    existing = set(tables(connection))
    return {
        name: connection.scalar(text(f"SELECT COUNT(*) FROM `{name}`")) if name in existing else 0  # noqa: S608 - checked
        for name in names
    }


def write_dump(url: str, out) -> dict[str, int]:
    """Write the database as SQL to a binary file, from one snapshot. Return the number of rows of each table."""
    counter = _RowCounter()
    with option_file(url) as options, tempfile.TemporaryFile() as errors:
        command = [
            _program("mariadb-dump"),
            f"--defaults-file={options}",
            *DUMP_OPTIONS,
            make_url(url).database,
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors) as process:
            try:
                for line in process.stdout:
                    counter.read(line)
                    out.write(line)
            except BaseException:
                process.kill()
                raise
        _require_success(process, errors, "The database could not be dumped.")
    return counter.rows


def load_dump(url: str, lines: Iterable[bytes], *, is_version_1: bool = False) -> None:
    """Run the statements of a dump on an empty database. Raise CommandError at the first that fails."""
    with option_file(url) as options, tempfile.TemporaryFile() as errors:
        command = [_program("mariadb"), f"--defaults-file={options}", *LOAD_OPTIONS, make_url(url).database]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=errors) as process:
            try:
                process.stdin.writelines(_terminated(lines) if is_version_1 else lines)
                process.stdin.close()
            except BrokenPipeError:
                with suppress(BrokenPipeError):  # the client stopped at an error, which is read below
                    process.stdin.close()
            except BaseException:
                process.kill()
                raise
        _require_success(process, errors, "The database could not be loaded.")


def _terminated(lines: Iterable[bytes]) -> Iterator[bytes]:
    yield VERSION_1_SETTINGS
    for line in lines:
        yield line.rstrip(b"\n") + b";\n"


@contextmanager
def option_file(url: str) -> Iterator[Path]:
    """Write the address and the login for MariaDB's programs into a private file: a command line is public.

    Used with --defaults-file, so that no setting of the machine or of the user applies.
    """
    with tempfile.TemporaryDirectory(prefix="teamchat-") as folder:
        values = _client_options(make_url(url))
        lines = [f"{name} = {_quoted(value)}" for name, value in values.items() if value]
        yield write_private(Path(folder) / "client.cnf", "\n".join(["[client]", *lines, ""]))


def _client_options(url: URL) -> dict[str, str]:
    options = {"user": url.username, "password": url.password}
    if socket := url.query.get("unix_socket"):
        return {**options, "socket": socket}
    address = {"host": url.host or "localhost", "port": str(url.port or 3306), "protocol": "tcp"}
    certificates = {name.replace("_", "-"): url.query.get(name) for name in ("ssl_ca", "ssl_cert", "ssl_key")}
    return {**options, **address, **certificates}


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _program(name: str) -> Path:
    path = programs.find(name)
    if path is None:
        raise CommandError(
            f"The program {name} is missing. Install Debian's package mariadb-client, which starts no service:\n"
            "    apt-get install --no-install-recommends mariadb-client\n"
            "and run it again."
        )
    return path


def _require_success(process: subprocess.Popen, errors, failure: str) -> None:
    if process.returncode:
        errors.seek(0)
        raise CommandError(f"{failure}\n{explain(errors.read().decode(errors='replace'))}")


class _RowCounter:
    """Count of the rows of each table in a dump that is read line by line."""

    def __init__(self):
        self.rows: dict[str, int] = {}
        self.table: str | None = None

    def read(self, line: bytes) -> None:
        """Read the next line."""
        if line.startswith(b"("):
            if self.table is not None:
                self.rows[self.table] += 1
        elif match := TABLE_LINE.match(line):
            kind, name, rest = match[1], match[2].decode(), match[3].strip()
            if kind == b"INSERT INTO" and rest != b"VALUES":
                raise CommandError("This mariadb-dump is too old: version 10.11 or newer is needed.")
            self.rows.setdefault(name, 0)
            self.table = name if kind == b"INSERT INTO" else None
        else:
            self.table = None
