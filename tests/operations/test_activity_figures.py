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
from app.queries import dashboard as dashboard_queries
from app.queries import services as service_queries
from app.queries.dashboard import Connections, Period
from tests.support import factories

PARIS = ZoneInfo("Europe/Paris")


def value(name: FigureName, hour: datetime) -> int | None:
    return db.session.query(Figure.value).filter_by(name=name, hour=hour).scalar()


def test_connections_of_all_processes_are_added_and_peak_is_kept(app):
    dashboard.report_process("one", windows=3, open_rooms=2)
    dashboard.report_process("two", windows=4, open_rooms=4)
    assert dashboard_queries.connections() == Connections(7, 6)
    dashboard.report_process("one", windows=1, open_rooms=0)
    assert dashboard_queries.connections() == Connections(5, 4)
    webclient = service_queries.of(ServiceName.WEBCLIENT)
    assert (webclient.now_count, webclient.peak) == (5, 7) and webclient.peak_at
    assert (
        service_queries.of(ServiceName.TEAMCHAT).now_count,
        service_queries.of(ServiceName.TEAMCHAT).peak,
    ) == (4, 6)
    assert service_queries.of(ServiceName.GROUPWARE).now_count is None
    assert value(FigureName.CONNECTIONS, dashboard_queries.hour_of(now())) == 7


def test_ended_or_silent_process_is_not_counted(app):
    dashboard.report_process("one", windows=3, open_rooms=1)
    dashboard.report_process("two", windows=2, open_rooms=1)
    dashboard.withdraw_process("one")
    assert dashboard_queries.connections() == Connections(2, 1)
    db.session.query(ProcessReport).update({"reported_at": now() - timedelta(minutes=1)})
    assert dashboard_queries.connections() == Connections(0, 0)
    db.session.query(ProcessReport).update({"reported_at": now() - timedelta(hours=2)})
    dashboard.report_process("three", windows=1, open_rooms=0)
    assert [row.process for row in db.session.query(ProcessReport)] == ["three"]


def test_hours_count_messages_and_sign_ins(people):
    hour = dashboard_queries.hour_of(now()) - timedelta(hours=3)
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
    assert dashboard_queries.counted(hour) == {FigureName.MESSAGES: 3, FigureName.SIGN_INS: 1}
    while dashboard.count_figures() > 2:
        pass
    assert value(FigureName.MESSAGES, hour) == 3
    assert value(FigureName.MESSAGES, hour + timedelta(hours=1)) == 1
    assert value(FigureName.SIGN_INS, hour) == 1


def test_run_needs_bounded_statements_and_few_after_the_first(people, count_statements):
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
def test_later_run_counts_only_recent_hours_again(app, monkeypatch, minute, fresh):
    moment = dashboard_queries.hour_of(now()).replace(minute=minute)
    monkeypatch.setattr(dashboard_queries, "now", lambda: moment)
    monkeypatch.setattr(dashboard, "now", lambda: moment)
    runs = [dashboard.count_figures() for _run in range(10)]
    assert runs[:7] == [dashboard.HOURS_AT_ONCE] * 7 and runs[-1] == fresh


def test_current_hour_is_updated(people):
    dashboard.count_figures()
    factories.make_message(people.room, people.arthur)
    dashboard.count_figures()
    assert value(FigureName.MESSAGES, dashboard_queries.hour_of(now())) == 1


@pytest.mark.parametrize(("period", "length"), [(Period.HOURS, 24), (Period.DAYS, 30), (Period.WEEKS, 12)])
def test_activity_has_every_hour_up_to_now(app, count_statements, period, length):
    with count_statements() as statements:
        steps = dashboard_queries.activity(period, PARIS)
    assert len(statements) == 1
    assert length <= len(steps) <= length + 1
    assert steps[-1].start <= now() < steps[-1].start + dashboard_queries.STEPS[period] + timedelta(hours=1)
    assert {step.messages for step in steps} == {None}


@pytest.mark.parametrize("night", [datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 3, 29, tzinfo=UTC)])
def test_clock_change_neither_drops_nor_adds_an_hour(app, monkeypatch, night):
    monkeypatch.setattr(dashboard_queries, "now", lambda: night + timedelta(hours=6, minutes=30))
    hours = [night + timedelta(hours=number) for number in range(6)]
    rows = [{"name": FigureName.MESSAGES, "hour": hour, "value": hour.hour} for hour in hours]
    dashboard.insert_missing_figures(rows)
    steps = dashboard_queries.activity(Period.HOURS, PARIS)
    assert len(steps) == 24
    assert [(step.start, step.messages) for step in steps][-7:-1] == [(hour, hour.hour) for hour in hours]


def test_days_follow_time_zone_of_reader(app):
    late = datetime.now(PARIS).replace(hour=0, minute=30, second=0, microsecond=0) - timedelta(days=3)
    hour = dashboard_queries.hour_of(late.astimezone(UTC))
    dashboard.insert_missing_figures(
        [
            {"name": FigureName.MESSAGES, "hour": hour, "value": 5},
            {"name": FigureName.MESSAGES, "hour": hour - timedelta(hours=1), "value": 2},
            {"name": FigureName.CONNECTIONS, "hour": hour, "value": 9},
            {"name": FigureName.CONNECTIONS, "hour": hour + timedelta(hours=1), "value": 4},
        ]
    )
    days = {step.start.date(): step for step in dashboard_queries.activity(Period.DAYS, PARIS)}
    assert (days[late.date()].messages, days[late.date()].connections) == (5, 9)
    assert days[late.date() - timedelta(days=1)].messages == 2


def test_figures_older_than_a_year_are_deleted(app):
    old = dashboard_queries.hour_of(now()) - timedelta(days=401)
    dashboard.insert_missing_figures([{"name": FigureName.MESSAGES, "hour": old, "value": 5}])
    assert dashboard.delete_old_figures() == 1


@pytest.mark.parametrize("operation", [services.start_service, services.restart_service])
def test_started_mail_service_sends_waiting_mails_immediately(people, operation):
    db.session.query(Service).filter_by(name=ServiceName.MAIL).update(
        {"is_running": operation is services.restart_service}
    )
    later = now() + timedelta(hours=2)
    db.session.add(
        OutgoingMail(template="test", recipient="a@b.example", language="fr", arguments="{}", due_at=later)
    )
    db.session.commit()
    assert service_queries.of(ServiceName.MAIL).now_count == 1
    operation(people.admin, ServiceName.MAIL)
    assert db.session.query(OutgoingMail).one().due_at <= now()
