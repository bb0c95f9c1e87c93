"""The Dashboard, its services and its readiness."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.extensions import db
from app.models import FigureName, Service, ServiceName, now
from app.operations import dashboard, services
from app.queries import dashboard as figure_questions
from app.rules.server import readiness
from tests.support import factories
from tests.support.readiness import GOOD


def runs(name: ServiceName) -> bool:
    return db.session.query(Service).filter_by(name=name).one().is_running


def test_the_dashboard_shows_services_readiness_and_counts(people, client_of):
    factories.make_message(people.room, people.arthur)
    page = client_of(people.admin).get("/admin/").text
    for words in (
        "TeamChat",
        "GroupWare",
        "WebDAV",
        "WebClient",
        "Outgoing mail",
        "Readiness",
        "Messages today",
    ):
        assert words in page
    assert "/admin/services/teamchat/stop" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"license": None}, '/admin/licence"'),
        ({"public_url": "http://chat.iwdemo.fr"}, '/admin/certificate/"'),
        ({"told": {}}, '/admin/smartdiscover"'),
        ({"has_mail": False}, '/admin/mails/server"'),
        ({"mail_runs": False}, '/admin/#services-card"'),
        ({"dialect": "sqlite"}, "docs/operating.md"),
        ({"workers": 2}, "docs/operating.md"),
        ({"is_storage_writable": False}, "docs/operating.md"),
    ],
    ids=["licence", "https", "discovery", "mail", "mail is stopped", "database", "redis", "storage"],
)
def test_every_check_says_where_it_is_mended(people, client_of, monkeypatch, changes, said):
    monkeypatch.setattr(readiness, "collect_facts", lambda: replace(GOOD, **changes))
    page = client_of(people.admin).get("/admin/").text
    bad = [part for part in page.split('<li class="check check-')[1:] if not part.startswith("ok")]
    assert len(bad) == 1 and said in bad[0].split("</li>")[0]


@pytest.mark.parametrize("changes", [{"public_url": "http://chat.iwdemo.fr"}, {"has_mail": False}])
def test_readiness_leads_web_administrators_to_no_page_of_the_server(people, client_of, monkeypatch, changes):
    monkeypatch.setattr(readiness, "collect_facts", lambda: replace(GOOD, **changes))
    page = client_of(people.web_admin).get("/admin/").text
    (check,) = [part for part in page.split('<li class="check check-')[1:] if not part.startswith("ok")]
    check = check.split("</li>")[0]
    assert "<a " not in check
    assert "Ask a server administrator." in check
    assert 'href="/admin/mails' not in page
    assert 'href="/admin/certificate' not in page


def test_a_domain_administrator_sees_services_and_may_not_act(people, client_of):
    client = client_of(people.domain_admin)
    page = client.get("/admin/").text
    assert "TeamChat" in page
    assert "/admin/services/" not in page
    assert "Readiness" not in page
    for verb in ("start", "stop", "restart"):
        assert client.post(f"/admin/services/teamchat/{verb}").status_code == 403
    assert client.get("/admin/licence").status_code == 403
    assert runs(ServiceName.TEAMCHAT)


def test_a_user_does_not_enter(people, client_of):
    assert client_of(people.arthur).get("/admin/").status_code == 403


@pytest.mark.parametrize("who", ["admin", "web_admin"])
def test_stopping_and_starting_really_act(people, client_of, who):
    client = client_of(getattr(people, who))
    assert client.post("/admin/services/teamchat/stop").status_code == 303
    assert not runs(ServiceName.TEAMCHAT)
    assert "Stopped" in client.get("/admin/").text
    assert client.post("/admin/services/teamchat/start").status_code == 303
    assert runs(ServiceName.TEAMCHAT)
    assert client.post("/admin/services/teamchat/restart").status_code == 303


@pytest.mark.parametrize("name", ["groupware", "webdav"])
def test_what_teamchat_needs_is_stopped_only_after_an_answer(people, client_of, name):
    client = client_of(people.admin)
    asked = client.post(f"/admin/services/{name}/stop")
    assert asked.status_code == 422
    assert "TeamChat needs" in asked.text
    assert runs(ServiceName(name))
    assert client.post(f"/admin/services/{name}/stop", data={"confirmed": "1"}).status_code == 303
    assert not runs(ServiceName(name))
    assert "waits for" in client.get("/admin/").text


def test_with_teamchat_stopped_nothing_is_asked(people, client_of):
    services.stop_service(people.admin, ServiceName.TEAMCHAT)
    assert client_of(people.admin).post("/admin/services/webdav/stop").status_code == 303


def test_an_unknown_service_is_not_found(people, client_of):
    assert client_of(people.admin).post("/admin/services/smtp/stop").status_code == 404


def test_the_services_refresh_as_a_fragment(people, client_of):
    fragment = client_of(people.admin).fragment("/admin/", "services").text
    assert "service-teamchat" in fragment
    assert "<html" not in fragment


def test_the_dashboard_costs_a_bounded_number_of_statements(people, client_of, count_statements):
    client = client_of(people.admin)
    with count_statements() as few:
        client.get("/admin/")
    for _ in range(5):
        domain = factories.make_domain()
        factories.make_room(factories.make_group(domain))
    with count_statements() as many:
        client.get("/admin/")
    assert len(many) <= len(few) <= 30


def test_connections_and_peaks_are_told_beside_their_services(people, client_of):
    dashboard.report_process("one", windows=12, open_rooms=7)
    dashboard.report_process("one", windows=3, open_rooms=2)
    page = client_of(people.admin).fragment("/admin/", "services").text
    assert "3 windows connected" in page and "peak 12" in page
    assert "2 rooms open now" in page and "peak 7" in page
    assert "0 mails waiting" in page


@pytest.mark.parametrize(
    ("period", "head"), [("hours", "Hour"), ("days", "Day"), ("weeks", "Week of"), ("odd", "Hour")]
)
def test_activity_is_a_table_that_charts_are_drawn_from(people, client_of, period, head):
    hour = figure_questions.hour_of(now())
    dashboard.insert_missing_figures([{"name": FigureName.MESSAGES, "hour": hour, "value": 1234}])
    part = client_of(people.web_admin).fragment(f"/admin/?period={period}", "activity").text
    assert f'<th scope="col">{head}</th>' in part
    assert 'data-value="1234"' in part and "1,234" in part
    assert part.count('aria-hidden="true"></div>') == 3


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/New_York", "Asia/Kolkata"])
def test_a_day_begins_at_midnight_where_one_is(people, client_of, monkeypatch, zone):
    people.web_admin.time_zone = zone
    db.session.commit()
    midnight = datetime(2026, 3, 4, tzinfo=ZoneInfo(zone))
    monkeypatch.setattr(figure_questions, "now", lambda: midnight + timedelta(minutes=40))
    hour = figure_questions.hour_of((midnight + timedelta(minutes=30)).astimezone(UTC))
    dashboard.insert_missing_figures([{"name": FigureName.MESSAGES, "hour": hour, "value": 1234}])
    last = client_of(people.web_admin).fragment("/admin/?period=days", "activity").text.rpartition("<tr>")[2]
    assert "Mar 4, 2026" in last and 'data-value="1234"' in last


def test_activity_of_the_whole_server_is_not_a_domain_administrators(people, client_of):
    assert "tc-figures" not in client_of(people.domain_admin).get("/admin/").text


def test_domains_that_end_are_told_to_those_who_look_after_them(people, client_of):
    people.other_domain.expires_at = now() + timedelta(days=4, hours=1)
    db.session.commit()
    assert "is suspended in 4 days." in client_of(people.rivale).get("/admin/").text
    assert "is suspended in 4 days." in client_of(people.admin).get("/admin/").text
    assert "is suspended in" not in client_of(people.domain_admin).get("/admin/").text


def test_the_parts_that_come_again_cost_a_fixed_number_of_statements(people, client_of, count_statements):
    client = client_of(people.admin)
    client.fragment("/admin/", "services")
    with count_statements() as seen:
        client.fragment("/admin/", "services")
    assert len(seen) <= 12, seen
