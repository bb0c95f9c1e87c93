"""What every table shares: naming of constraints, key, moment of creation, row version."""

from datetime import datetime

from sqlalchemy import Identity, Integer, MetaData, event, inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from app.models.types import BigInt, UtcDateTime, folded, now
from app.text.search_text import SEARCH_TEXT_BYTES, SEARCH_TEXT_LENGTH, make_search_text

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


def _found_by(context) -> str:
    row = context.get_current_parameters()
    return make_search_text(row["name"], row["address"])


class Searchable:
    """A row with a name and an address, which is found by any part of either. A statement that changes one of them
    without the ORM would leave what it is found by behind."""

    @declared_attr
    def search_text(cls) -> Mapped[str]:
        column = folded(SEARCH_TEXT_LENGTH, SEARCH_TEXT_BYTES)
        return mapped_column(column, default=_found_by, deferred=True, sort_order=92)


@event.listens_for(Searchable, "before_update", propagate=True)
def _follow(_mapper, _connection, row) -> None:
    attributes = inspect(row).attrs
    if attributes.name.history.has_changes() or attributes.address.history.has_changes():
        row.search_text = make_search_text(row.name, row.address)
