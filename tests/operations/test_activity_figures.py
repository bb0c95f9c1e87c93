"""Activity figures: reports of processes, peaks, and sums by the hour."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.extensions import db
from app.models import (
    AuditEntry,
    Figure,
    FigureName,
    Message,
    OutgoingMail,
    ProcessReport,
    Service,
    ServiceName,
    now,
)
from app.operations import dashboard, services
from app.queries import dashboard as questions
from app.queries import services as states
from app.queries.dashboard import Connections, Period
from tests.support import factories

PARIS = ZoneInfo("Europe/Paris")


def value(name: FigureName, hour: datetime) -> int | None:
    return db.session.query(Figure.value).filter_by(name=name, hour=hour).scalar()


def test_all_processes_count_together_and_peaks_are_kept(app):
    dashboard.report_process("one", windows=3, open_rooms=2)
    dashboard.report_process("two", windows=4, open_rooms=4)
    assert questions.connections() == Connections(7, 6)
    dashboard.report_process("one", windows=1, open_rooms=0)
    assert questions.connections() == Connections(5, 4)
    seen = states.of(ServiceName.WEBCLIENT)
    assert (seen.now_count, seen.peak) == (5, 7) and seen.peak_at
    assert (states.of(ServiceName.TEAMCHAT).now_count, states.of(ServiceName.TEAMCHAT).peak) == (4, 6)
    assert states.of(ServiceName.GROUPWARE).now_count is None
    assert value(FigureName.CONNECTIONS, questions.hour_of(now())) == 7


def test_who_ends_or_falls_silent_counts_no_longer(app):
    dashboard.report_process("one", windows=3, open_rooms=1)
    dashboard.report_process("two", windows=2, open_rooms=1)
    dashboard.withdraw_process("one")
    assert questions.connections() == Connections(2, 1)
    db.session.query(ProcessReport).update({"reported_at": now() - timedelta(minutes=1)})
    assert questions.connections() == Connections(0, 0)
    db.session.query(ProcessReport).update({"reported_at": now() - timedelta(hours=2)})
    dashboard.report_process("three", windows=1, open_rooms=0)
    assert [row.process for row in db.session.query(ProcessReport)] == ["three"]


def test_hours_are_counted_from_what_was_said_and_who_signed_in(people):
    hour = questions.hour_of(now()) - timedelta(hours=3)
    for minutes in (-1, 0, 30, 59, 60):
        message = factories.make_message(people.room, people.arthur)
        db.session.query(Message).filter_by(id=message.id).update(
            {"created_at": hour + timedelta(minutes=minutes)}
        )
    db.session.add(
        AuditEntry(act="session.open", object_kind="account", created_at=hour + timedelta(minutes=5))
    )
    db.session.add(
        AuditEntry(act="session.close", object_kind="account", created_at=hour + timedelta(minutes=6))
    )
    db.session.commit()
    assert questions.counted(hour) == {FigureName.MESSAGES: 3, FigureName.SIGN_INS: 1}
    while dashboard.count_figures() > 2:
        pass
    assert value(FigureName.MESSAGES, hour) == 3
    assert value(FigureName.MESSAGES, hour + timedelta(hours=1)) == 1
    assert value(FigureName.SIGN_INS, hour) == 1


def test_a_run_costs_a_bounded_number_of_statements_and_little_once_all_is_counted(people, count_statements):
    factories.make_message(people.room, people.arthur)
    with count_statements() as first:
        assert dashboard.count_figures() == dashboard.HOURS_AT_ONCE
    assert len(first) < 40 * dashboard.HOURS_AT_ONCE
    while dashboard.count_figures() > 2:
        pass
    with count_statements() as later:
        dashboard.count_figures()
    assert len(later) <= 2 * 40


@pytest.mark.parametrize(("minute", "fresh"), [(0, 2), (2, 2), (5, 1), (59, 1)])
def test_once_all_is_counted_only_what_may_still_grow_is_counted_again(app, monkeypatch, minute, fresh):
    moment = questions.hour_of(now()).replace(minute=minute)
    monkeypatch.setattr(questions, "now", lambda: moment)
    monkeypatch.setattr(dashboard, "now", lambda: moment)
    runs = [dashboard.count_figures() for _run in range(10)]
    assert runs[:7] == [dashboard.HOURS_AT_ONCE] * 7 and runs[-1] == fresh


def test_the_running_hour_grows(people):
    dashboard.count_figures()
    factories.make_message(people.room, people.arthur)
    dashboard.count_figures()
    assert value(FigureName.MESSAGES, questions.hour_of(now())) == 1


@pytest.mark.parametrize(("period", "length"), [(Period.HOURS, 24), (Period.DAYS, 30), (Period.WEEKS, 12)])
def test_a_history_is_whole_and_ends_now(app, count_statements, period, length):
    with count_statements() as seen:
        steps = questions.activity(period, PARIS)
    assert len(seen) == 1
    assert length <= len(steps) <= length + 1
    assert steps[-1].start <= now() < steps[-1].start + questions.STEPS[period] + timedelta(hours=1)
    assert {step.messages for step in steps} == {None}


@pytest.mark.parametrize("night", [datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 3, 29, tzinfo=UTC)])
def test_in_the_night_of_a_clock_change_no_hour_is_lost_or_made_up(app, monkeypatch, night):
    monkeypatch.setattr(questions, "now", lambda: night + timedelta(hours=6, minutes=30))
    hours = [night + timedelta(hours=number) for number in range(6)]
    rows = [{"name": FigureName.MESSAGES, "hour": hour, "value": hour.hour} for hour in hours]
    dashboard.insert_missing_figures(rows)
    steps = questions.activity(Period.HOURS, PARIS)
    assert len(steps) == 24
    assert [(step.start, step.messages) for step in steps][-7:-1] == [(hour, hour.hour) for hour in hours]


def test_days_are_those_of_whoever_looks(app):
    late = datetime.now(PARIS).replace(hour=0, minute=30, second=0, microsecond=0) - timedelta(days=3)
    hour = questions.hour_of(late.astimezone(UTC))
    dashboard.insert_missing_figures(
        [
            {"name": FigureName.MESSAGES, "hour": hour, "value": 5},
            {"name": FigureName.MESSAGES, "hour": hour - timedelta(hours=1), "value": 2},
            {"name": FigureName.CONNECTIONS, "hour": hour, "value": 9},
            {"name": FigureName.CONNECTIONS, "hour": hour + timedelta(hours=1), "value": 4},
        ]
    )
    days = {step.start.date(): step for step in questions.activity(Period.DAYS, PARIS)}
    assert (days[late.date()].messages, days[late.date()].connections) == (5, 9)
    assert days[late.date() - timedelta(days=1)].messages == 2


def test_what_is_older_than_a_year_is_forgotten(app):
    old = questions.hour_of(now()) - timedelta(days=401)
    dashboard.insert_missing_figures([{"name": FigureName.MESSAGES, "hour": old, "value": 5}])
    assert dashboard.delete_old_figures() == 1


@pytest.mark.parametrize("verb", [services.start_service, services.restart_service])
def test_starting_the_outgoing_mail_tries_at_once_what_waits(people, verb):
    db.session.query(Service).filter_by(name=ServiceName.MAIL).update(
        {"is_running": verb is services.restart_service}
    )
    later = now() + timedelta(hours=2)
    db.session.add(
        OutgoingMail(template="test", recipient="a@b.example", language="fr", arguments="{}", due_at=later)
    )
    db.session.commit()
    assert states.of(ServiceName.MAIL).now_count == 1
    verb(people.admin, ServiceName.MAIL)
    assert db.session.query(OutgoingMail).one().due_at <= now()
