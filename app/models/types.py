"""Column types that mean the same on MariaDB, SQLite, SQL Server and Oracle."""

from datetime import UTC, datetime

from sqlalchemy import BINARY, BigInteger, DateTime, Integer, LargeBinary, Unicode, UnicodeText
from sqlalchemy.dialects import mssql, mysql, oracle
from sqlalchemy.types import TypeDecorator

BigInt = BigInteger().with_variant(Integer(), "sqlite")
"""Key of every table. SQLite only numbers rows by itself for plain INTEGER."""

MYSQL = ("mysql", "mariadb")

SEARCH_COLLATION = {"mysql": "utf8mb4_unicode_520_ci", "mssql": "Latin1_General_100_CI_AI"}
"""Accents and case do not matter. Oracle sorts and compares by the session's NLS settings, not by the column's."""

EXACT_COLLATION = {"mysql": "utf8mb4_bin", "mssql": "Latin1_General_100_BIN2"}
"""Byte by byte, which is Oracle's own way."""


class PortableText(TypeDecorator):
    """Text of any alphabet. '' is stored as NULL everywhere, as Oracle does whatever one asks.

    length: characters; none for prose, which is never indexed. is_exact: whether case and accents make a difference.
    """

    impl = Unicode
    cache_ok = True

    def __init__(self, length: int | None = None, *, is_exact: bool = False):
        super().__init__(length)
        self.is_exact = is_exact

    def load_dialect_impl(self, dialect):
        length = self.impl.length
        if dialect.name in MYSQL:
            return self._mysql(length)
        if dialect.name == "mssql":
            return mssql.NVARCHAR(length, collation=self._collation("mssql"))
        if dialect.name == "oracle":
            return oracle.NVARCHAR2(length) if length else oracle.NCLOB()
        return Unicode(length) if length else UnicodeText()

    def coerce_compared_value(self, op, value):
        """What a column is compared with may be empty: a search for '' is a search for everything."""
        return Unicode() if isinstance(value, str) else super().coerce_compared_value(op, value)

    def process_bind_param(self, value, dialect):
        return value or None

    def __repr__(self):
        word = "exact" if self.is_exact else "label" if self.impl.length else "long_text"
        return f"types.{word}({self.impl.length or ''})"

    def _mysql(self, length):
        own = {"charset": "utf8mb4", "collation": self._collation("mysql")}
        return mysql.VARCHAR(length, **own) if length else mysql.MEDIUMTEXT(**own)

    def _collation(self, database: str) -> str:
        return (EXACT_COLLATION if self.is_exact else SEARCH_COLLATION)[database]


def label(length: int) -> PortableText:
    """What people read and search: accents and case do not matter."""
    return PortableText(length)


def exact(length: int) -> PortableText:
    """What machines compare byte by byte: tokens, normalised addresses, codes."""
    return PortableText(length, is_exact=True)


class Folded(PortableText):
    """Text without case and accents that parts are looked for in: MariaDB compares bytes much faster than letters."""

    cache_ok = True

    def __init__(self, length: int, size: int):
        super().__init__(length, is_exact=True)
        self.size = size

    def load_dialect_impl(self, dialect):
        if dialect.name in MYSQL:
            return mysql.VARBINARY(self.size)
        return super().load_dialect_impl(dialect)

    def coerce_compared_value(self, op, value):
        """A part is looked for as bytes in bytes."""
        return self

    def process_bind_param(self, value, dialect):
        return value.encode() if value and dialect.name in MYSQL else value or None

    def process_result_value(self, value, dialect):
        return value.decode() if isinstance(value, bytes) else value

    def __repr__(self):
        return f"types.folded({self.impl.length}, {self.size})"


def folded(length: int, size: int) -> Folded:
    """What search looks for parts in, folded by the program. length: characters; size: bytes in UTF-8."""
    return Folded(length, size)


def long_text() -> PortableText:
    """Prose of any length; never indexed."""
    return PortableText()


def digest() -> LargeBinary:
    """A SHA-256 value, 32 bytes."""
    raw = LargeBinary(32).with_variant(mysql.BINARY(32), *MYSQL)
    return raw.with_variant(BINARY(32), "mssql").with_variant(oracle.RAW(32), "oracle")


def small_file() -> LargeBinary:
    """A file of less than 64 KiB, as it is."""
    return LargeBinary().with_variant(mssql.VARBINARY("max"), "mssql")


class UtcDateTime(TypeDecorator):
    """A moment, aware and in UTC, to the microsecond."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name in MYSQL:
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        own = {"mssql": mssql.DATETIME2(6), "oracle": oracle.TIMESTAMP()}
        return dialect.type_descriptor(own.get(dialect.name, DateTime()))

    def process_bind_param(self, value: datetime | None, dialect):
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment must know its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect):
        return None if value is None else value.replace(tzinfo=UTC)


class Choice(TypeDecorator):
    """One value of a StrEnum, kept as its text so that adding a value needs no migration."""

    impl = Unicode
    cache_ok = True

    def __init__(self, enum, length: int = 32):
        super().__init__(length)
        self.enum = enum

    def load_dialect_impl(self, dialect):
        return exact(self.impl.length).load_dialect_impl(dialect)

    def process_bind_param(self, value, dialect):
        return None if value is None else self.enum(value).value

    def process_result_value(self, value, dialect):
        return None if value is None else self.enum(value)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)
