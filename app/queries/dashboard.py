"""Figures as the Dashboard shows them: connections now, and what happened by hour, day or week."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from app.extensions import db
from app.models import AuditEntry, Figure, FigureName, Message, MessageKind, ProcessReport, now

# What a process has said longer ago does not count: it has died, or stands still.
FRESH = timedelta(seconds=45)

HOUR = timedelta(hours=1)
COUNTED = (FigureName.MESSAGES, FigureName.SIGN_INS)


class Period(StrEnum):
    """Period of a chart, with its steps."""

    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"


SPANS = {
    Period.HOURS: timedelta(hours=24),
    Period.DAYS: timedelta(days=30),
    Period.WEEKS: timedelta(weeks=12),
}
STEPS = {Period.HOURS: HOUR, Period.DAYS: timedelta(days=1), Period.WEEKS: timedelta(weeks=1)}


@dataclass(frozen=True)
class Connections:
    """Connections of all web processes: windows of the WebClient, and rooms open in them."""

    windows: int
    open_rooms: int


@dataclass(frozen=True)
class ActivityStep:
    """One hour, day or week, by its beginning. connections: the peak; None where nothing was measured."""

    start: datetime
    messages: int | None
    connections: int | None
    sign_ins: int | None


def connections() -> Connections:
    """Count the connections of all processes that have reported lately. One statement."""
    fresh = ProcessReport.reported_at > now() - FRESH
    sums = select(func.sum(ProcessReport.windows), func.sum(ProcessReport.open_rooms)).where(fresh)
    windows, open_rooms = db.session.execute(sums).one()
    return Connections(int(windows or 0), int(open_rooms or 0))


def activity(period: Period, zone: tzinfo) -> list[ActivityStep]:
    """Return the activity, step by step, up to now. zone: where the reader's days begin. One statement."""
    first = _beginning(now() - SPANS[period] + STEPS[period], period, zone)
    rows = db.session.execute(
        select(Figure.name, Figure.hour, Figure.value).where(Figure.hour >= first).order_by(Figure.hour)
    )
    figures: dict[datetime, dict] = defaultdict(dict)
    for name, hour, value in rows:
        step = figures[_beginning(hour, period, zone)]
        join = max if name is FigureName.CONNECTIONS else int.__add__
        step[name] = join(step[name], value) if name in step else value
    return [_step(start, figures.get(start, {})) for start in _starts(first, period, zone)]


def hour_of(moment: datetime) -> datetime:
    """Return the hour that a moment is in."""
    return moment.replace(minute=0, second=0, microsecond=0)


def uncounted_hours(since: datetime, limit: int) -> list[datetime]:
    """Return the hours still to be counted.

    The running hour, the one before while it may change, and the latest that were never counted.
    """
    this = hour_of(now())
    counted_hours = set(
        db.session.scalars(
            select(Figure.hour).where(Figure.name == FigureName.MESSAGES, Figure.hour >= hour_of(since))
        )
    )
    fresh = [this] + ([this - HOUR] if now() - this < timedelta(minutes=5) else [])
    span = int((this - hour_of(since)) / HOUR)
    missing = (this - number * HOUR for number in range(1, span + 1))
    return list(dict.fromkeys([*fresh, *(hour for hour in missing if hour not in counted_hours)]))[:limit]


def counted(hour: datetime) -> dict[FigureName, int]:
    """Count messages and sign-ins within an hour. Ids grow with time, so that few rows are read."""
    messages = _between(Message, hour, Message.kind == MessageKind.MESSAGE)
    sign_ins = _between(AuditEntry, hour, AuditEntry.act == "session.open")
    return {FigureName.MESSAGES: messages, FigureName.SIGN_INS: sign_ins}


def _between(model: Any, hour: datetime, *conditions: Any) -> int:
    start, end = first_since(model, hour), first_since(model, hour + HOUR)
    if start is None:
        return 0
    within = (model.id >= start, *conditions)
    if end is not None:
        within = (*within, model.id < end)
    return db.session.scalar(select(func.count(model.id)).where(*within)) or 0


def first_since(model: Any, moment: datetime) -> int | None:
    """Return the key of the first row since a moment, found by halving the range of keys."""
    lowest, highest = db.session.execute(select(func.min(model.id), func.max(model.id))).one()
    if highest is None or _next(model, highest)[1] < moment:
        return None
    while lowest < highest:
        middle = (lowest + highest) // 2
        key, created_at = _next(model, middle)
        lowest, highest = (key + 1, highest) if created_at < moment else (lowest, middle)
    return lowest


def _next(model: Any, key: int) -> tuple[int, datetime]:
    statement = select(model.id, model.created_at).where(model.id >= key).order_by(model.id).limit(1)
    return db.session.execute(statement).one()


def _step(start: datetime, figures: dict) -> ActivityStep:
    return ActivityStep(
        start,
        *(figures.get(name) for name in (FigureName.MESSAGES, FigureName.CONNECTIONS, FigureName.SIGN_INS)),
    )


def _beginning(moment: datetime, period: Period, zone: tzinfo) -> datetime:
    """Return the beginning of the step that a moment is in.

    Days begin at local midnight; hours are in UTC, since two hours share their local time on one night of the
    year.
    """
    if period is Period.HOURS:
        return hour_of(moment.astimezone(UTC))
    day = moment.astimezone(zone).date()
    return _local(day - timedelta(days=day.weekday() if period is Period.WEEKS else 0), zone)


def _starts(first: datetime, period: Period, zone: tzinfo) -> Iterator[datetime]:
    """Every step up to now. Days have 23 to 25 hours: they are counted by the calendar."""
    start, moment = first, now()
    while start <= moment:
        yield start
        if period is Period.HOURS:
            start += HOUR
        else:
            start = _local(start.date() + STEPS[period], zone)


def _local(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
