"""Figures of the whole server: what web processes have connected now, peaks, and what happened in every hour."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.models import Figure, FigureName, ProcessReport, Service, ServiceName, now
from app.queries import figures as questions
from app.transaction import operation

HOURS_AT_ONCE = 24
COUNTED_BACK_TO = timedelta(days=7)
"""Hours that nobody has counted yet are made up for so far back, a day of them at a time."""

FIGURES_KEPT = timedelta(days=400)
REPORT_VALID = timedelta(hours=1)
"""A process that has said nothing for so long is forgotten."""


@operation(audited=False)
def report_process(process: str, *, windows: int, open_rooms: int) -> None:
    """Say what a web process has connected: windows of the WebClient, and rooms open in them. Peaks are kept.

    process: its name among all that share the database. What it said before counts no longer.
    """
    _keep(ProcessReport, {"process": process}, windows=windows, open_rooms=open_rooms, reported_at=now())
    _run(delete(ProcessReport).where(ProcessReport.reported_at < now() - REPORT_VALID))
    total = questions.connections()
    _raise_peak(ServiceName.WEBCLIENT, total.windows)
    _raise_peak(ServiceName.TEAMCHAT, total.open_rooms)
    _raise_figure(FigureName.CONNECTIONS, questions.hour_of(now()), total.windows)


@operation(audited=False)
def withdraw_process(process: str) -> None:
    """Say that a web process ends: nothing is connected to it any more."""
    _run(delete(ProcessReport).where(ProcessReport.process == process))


@operation(audited=False)
def count_figures() -> int:
    """Count messages and sign-ins of the running hour, and of hours that were missed. Returns how many hours."""
    hours = questions.uncounted_hours(now() - COUNTED_BACK_TO, HOURS_AT_ONCE)
    for hour in hours:
        for name, count in questions.counted(hour).items():
            _keep(Figure, {"name": name, "hour": hour}, value=count)
    return len(hours)


@operation(audited=False)
def delete_old_figures() -> int:
    """Forget hours of more than a year ago."""
    return _run(delete(Figure).where(Figure.hour < now() - FIGURES_KEPT))


@operation(audited=False)
def insert_missing_figures(rows: list[dict]) -> None:
    """Put figures in that have none yet: {"name", "hour", "value"}. Only the demo company has a past to invent."""
    known = set(db.session.execute(select(Figure.name, Figure.hour)).all())
    db.session.add_all(Figure(**row) for row in rows if (row["name"], row["hour"]) not in known)


def _raise_peak(name: ServiceName, number: int) -> None:
    higher = update(Service).where(Service.name == name, Service.peak < number)
    _run(higher.values(peak=number, peak_at=now()))


def _raise_figure(name: FigureName, hour: datetime, number: int) -> None:
    key = {"name": name, "hour": hour}
    known = db.session.scalar(select(Figure.value).filter_by(**key))
    if known is None:
        _keep(Figure, key, value=number)
    elif known < number:
        _run(update(Figure).filter_by(**key).where(Figure.value < number).values(value=number))


def _keep(model, key: dict, **values) -> None:
    """Write a row's values, and make the row if need be."""
    is_it = [getattr(model, name) == value for name, value in key.items()]
    if _run(update(model).where(*is_it).values(**values)) or _is_there(model, is_it):
        return
    try:
        with db.session.begin_nested():
            db.session.add(model(**key, **values))
    except IntegrityError:
        _run(update(model).where(*is_it).values(**values))


def _is_there(model, conditions) -> bool:
    """A row that already holds the values is told as not changed by some databases."""
    return bool(db.session.scalar(select(func.count()).select_from(model).where(*conditions)))


def _run(statement) -> int:
    return db.session.execute(statement, execution_options={"synchronize_session": False}).rowcount
