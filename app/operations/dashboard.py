"""Figures of the whole server: connections of web processes, peaks, and counts of every hour."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.models import Base, Figure, FigureName, ProcessReport, Service, ServiceName, now
from app.operations.locks import execute_update
from app.queries.dashboard import connections, counted, hour_of, uncounted_hours
from app.transaction import operation

# Hours that were not counted are counted later for so far back, so many of them at a time.
HOURS_AT_ONCE = 24
COUNTED_BACK_TO = timedelta(days=7)

FIGURES_KEPT = timedelta(days=400)

# The report of a process that has not renewed it for so long is deleted.
REPORT_VALID = timedelta(hours=1)


@operation(audited=False)
def report_process(process: str, *, windows: int, open_rooms: int) -> None:
    """Replace the report of a web process, and raise the peaks.

    process: its name among all that share the database. windows: connected windows of the WebClient.
    open_rooms: rooms open in them.
    """
    _upsert(ProcessReport, {"process": process}, windows=windows, open_rooms=open_rooms, reported_at=now())
    execute_update(delete(ProcessReport).where(ProcessReport.reported_at < now() - REPORT_VALID))
    total = connections()
    _raise_peak(ServiceName.WEBCLIENT, total.windows)
    _raise_peak(ServiceName.TEAMCHAT, total.open_rooms)
    _raise_figure(FigureName.CONNECTIONS, hour_of(now()), total.windows)


@operation(audited=False)
def withdraw_process(process: str) -> None:
    """Delete the report of a web process that ends."""
    execute_update(delete(ProcessReport).where(ProcessReport.process == process))


@operation(audited=False)
def count_figures() -> int:
    """Count messages and sign-ins of the current hour and of hours that were missed. Return the number of hours."""
    hours = uncounted_hours(now() - COUNTED_BACK_TO, HOURS_AT_ONCE)
    for hour in hours:
        for name, count in counted(hour).items():
            _upsert(Figure, {"name": name, "hour": hour}, value=count)
    return len(hours)


@operation(audited=False)
def delete_old_figures() -> int:
    """Delete figures of hours more than a year ago. Return their number."""
    return execute_update(delete(Figure).where(Figure.hour < now() - FIGURES_KEPT))


@operation(audited=False)
def insert_missing_figures(rows: list[dict[str, Any]]) -> None:
    """Insert figures that do not exist yet: {"name", "hour", "value"}. Only the demonstration invents a past."""
    existing = set(db.session.execute(select(Figure.name, Figure.hour)).all())
    db.session.add_all(Figure(**row) for row in rows if (row["name"], row["hour"]) not in existing)


def _raise_peak(name: ServiceName, number: int) -> None:
    is_lower = update(Service).where(Service.name == name, Service.peak < number)
    execute_update(is_lower.values(peak=number, peak_at=now()))


def _raise_figure(name: FigureName, hour: datetime, number: int) -> None:
    key = {"name": name, "hour": hour}
    value = db.session.scalar(select(Figure.value).filter_by(**key))
    if value is None:
        _upsert(Figure, key, value=number)
    elif value < number:
        execute_update(update(Figure).filter_by(**key).where(Figure.value < number).values(value=number))


def _upsert(model: type[Base], key: dict[str, Any], **values: Any) -> None:
    """Update the row of this key, or insert it."""
    is_row = [getattr(model, name) == value for name, value in key.items()]
    # An update that changes nothing counts no rows on some databases: look for the row before inserting it.
    if execute_update(update(model).where(*is_row).values(**values)) or _exists(model, is_row):
        return
    try:
        with db.session.begin_nested():
            db.session.add(model(**key, **values))
    except IntegrityError:
        execute_update(update(model).where(*is_row).values(**values))


def _exists(model: type[Base], conditions: Sequence[ColumnElement[bool]]) -> bool:
    return bool(db.session.scalar(select(func.count()).select_from(model).where(*conditions)))
