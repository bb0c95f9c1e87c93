"""Initial rows of every database: the counter of access changes, and the services."""

from sqlalchemy import event, insert

from app.models.access import ACCESS
from app.models.base import Base
from app.models.service import Service, ServiceName
from app.models.setting import Counter


def insert_first_rows(connection, tables) -> None:
    """Insert the initial rows of the given new tables."""
    if Counter.__table__ in tables:
        connection.execute(insert(Counter), [{"name": ACCESS, "value": 0}])
    if Service.__table__ in tables:
        connection.execute(insert(Service), [{"name": name} for name in ServiceName])


@event.listens_for(Base.metadata, "after_create")
def _insert_after_create(_metadata, connection, tables=(), **_options) -> None:
    insert_first_rows(connection, tables)
