"""What every table shares: naming of constraints, key, moment of creation, row version."""

from datetime import datetime

from sqlalchemy import Identity, Integer, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from app.models.types import BigInt, UtcDateTime, now

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


class Keyed:
    """A row with a key of its own."""

    @declared_attr
    def id(cls) -> Mapped[int]:
        return mapped_column(BigInt, Identity(), primary_key=True, sort_order=-10)


class Dated:
    """A row that knows when it was made."""

    @declared_attr
    def created_at(cls) -> Mapped[datetime]:
        return mapped_column(UtcDateTime, default=now, sort_order=90)


class Versioned:
    """A row that people edit in forms: the version tells a form whether somebody else was faster."""

    row_version: Mapped[int] = mapped_column(Integer, default=1, sort_order=91)

    @declared_attr.directive
    def __mapper_args__(cls):
        return {"version_id_col": cls.row_version}
