"""Base class and mixins of models: names of constraints, key, creation time, row version, search text."""

from datetime import datetime
from typing import cast

from sqlalchemy import Identity, Integer, MetaData, Table, event, inspect
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


def table_of(model: type[Base]) -> Table:
    """Return the table of a model, for statements that do without objects."""
    return cast(Table, model.__table__)


class Keyed:
    """Mixin: a numeric primary key."""

    @declared_attr
    def id(cls) -> Mapped[int]:
        return mapped_column(BigInt, Identity(), primary_key=True, sort_order=-10)


class Dated:
    """Mixin: the time of creation."""

    @declared_attr
    def created_at(cls) -> Mapped[datetime]:
        return mapped_column(UtcDateTime, default=now, sort_order=90)


class Versioned:
    """Mixin: a version, by which forms detect concurrent changes."""

    row_version: Mapped[int] = mapped_column(Integer, default=1, sort_order=91)

    @declared_attr.directive
    def __mapper_args__(cls):
        return {"version_id_col": cls.row_version}


def _default_search_text(context) -> str:
    values = context.get_current_parameters()
    return make_search_text(values["name"], values["address"])


class Searchable:
    """Mixin: a search text, by which rows are found by any part of name and address.

    A statement that changes name or address without the ORM would not update it.
    """

    @declared_attr
    def search_text(cls) -> Mapped[str]:
        column = folded(SEARCH_TEXT_LENGTH, SEARCH_TEXT_BYTES)
        return mapped_column(column, default=_default_search_text, deferred=True, sort_order=92)


@event.listens_for(Searchable, "before_update", propagate=True)
def _update_search_text(_mapper, _connection, row) -> None:
    attributes = inspect(row).attrs
    if attributes.name.history.has_changes() or attributes.address.history.has_changes():
        row.search_text = make_search_text(row.name, row.address)
