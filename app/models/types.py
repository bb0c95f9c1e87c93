"""Column types that behave the same on MariaDB, SQLite, SQL Server and Oracle."""

from datetime import UTC, datetime

from sqlalchemy import BINARY, BigInteger, DateTime, Integer, LargeBinary, Unicode, UnicodeText
from sqlalchemy.dialects import mssql, mysql, oracle
from sqlalchemy.types import TypeDecorator

# Key of every table. SQLite numbers rows only for plain INTEGER.
BigInt = BigInteger().with_variant(Integer(), "sqlite")

MYSQL = ("mysql", "mariadb")

# Ignores accents and case. Oracle compares by the NLS settings of the session, not of the column.
SEARCH_COLLATION = {"mysql": "utf8mb4_unicode_520_ci", "mssql": "Latin1_General_100_CI_AI"}

# Compares bytes, as Oracle does by default.
EXACT_COLLATION = {"mysql": "utf8mb4_bin", "mssql": "Latin1_General_100_BIN2"}


class PortableText(TypeDecorator):
    """Unicode text. '' is stored as NULL, as Oracle always does.

    length: characters, None for long texts, which are never indexed. is_exact: compare with case and accents.
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
        """Compare with plain text, in which '' is not NULL: a search for '' finds everything."""
        return Unicode() if isinstance(value, str) else super().coerce_compared_value(op, value)

    def process_bind_param(self, value, _dialect):
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
    """Return a type for names and other texts for people, compared without accents and case."""
    return PortableText(length)


def exact(length: int) -> PortableText:
    """Return a type for tokens, normalised addresses and codes, compared by bytes."""
    return PortableText(length, is_exact=True)


class Folded(PortableText):
    """Folded text for substring searches. On MariaDB it is binary, which is compared much faster."""

    cache_ok = True

    def __init__(self, length: int, size: int):
        super().__init__(length, is_exact=True)
        self.size = size

    def load_dialect_impl(self, dialect):
        if dialect.name in MYSQL:
            return mysql.VARBINARY(self.size)
        return super().load_dialect_impl(dialect)

    def coerce_compared_value(self, _op, _value):
        """Compare with a value of this type, so that both sides are binary."""
        return self

    def process_bind_param(self, value, dialect):
        return value.encode() if value and dialect.name in MYSQL else value or None

    def process_result_value(self, value, _dialect):
        return value.decode() if isinstance(value, bytes) else value

    def __repr__(self):
        return f"types.folded({self.impl.length}, {self.size})"


def folded(length: int, size: int) -> Folded:
    """Return a type for texts that the application has folded. length: characters; size: bytes in UTF-8."""
    return Folded(length, size)


def long_text() -> PortableText:
    """Return a type for texts of any length, which are never indexed."""
    return PortableText()


def digest() -> LargeBinary:
    """Return a type for SHA-256 values, 32 bytes."""
    raw = LargeBinary(32).with_variant(mysql.BINARY(32), *MYSQL)
    return raw.with_variant(BINARY(32), "mssql").with_variant(oracle.RAW(32), "oracle")


def small_file() -> LargeBinary:
    """Return a type for files of less than 64 KiB."""
    return LargeBinary().with_variant(mssql.VARBINARY("max"), "mssql")


class UtcDateTime(TypeDecorator):
    """A timezone-aware time in UTC, with microseconds."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name in MYSQL:
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        own = {"mssql": mssql.DATETIME2(6), "oracle": oracle.TIMESTAMP()}
        return dialect.type_descriptor(own.get(dialect.name, DateTime()))

    def process_bind_param(self, value: datetime | None, _dialect):
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must have a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect):
        return None if value is None else value.replace(tzinfo=UTC)


class Choice(TypeDecorator):
    """A value of a StrEnum, stored as text so that a new value needs no migration."""

    impl = Unicode
    cache_ok = True

    def __init__(self, enum, length: int = 32):
        super().__init__(length)
        self.enum = enum

    def load_dialect_impl(self, dialect):
        return exact(self.impl.length).load_dialect_impl(dialect)

    def process_bind_param(self, value, _dialect):
        return None if value is None else self.enum(value).value

    def process_result_value(self, value, _dialect):
        return None if value is None else self.enum(value)


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)
