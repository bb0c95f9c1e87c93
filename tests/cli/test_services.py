"""`flask services …`: the same acts as on the Dashboard, with exit codes."""

import pytest

from app.extensions import db
from app.models import AuditEntry, Service, ServiceName
from app.rules import services


@pytest.fixture
def run(app, people):
    return lambda *words: app.test_cli_runner().invoke(args=["services", *words])


def runs(name: ServiceName) -> bool:
    db.session.expire_all()
    return db.session.query(Service).filter_by(name=name).one().is_running


def test_every_service_is_listed(run):
    lines = run("list").output.splitlines()
    assert [line.split()[:2] for line in lines] == [
        [name, "running"] for name in ("teamchat", "groupware", "webdav", "webclient", "mail")
    ]


@pytest.mark.parametrize("name", [name.value for name in ServiceName])
def test_a_service_is_stopped_and_started(run, name):
    stopped = run("stop", name)
    assert (stopped.exit_code, runs(name)) == (0, False)
    assert f"{name}: stopped" in stopped.output
    assert (run("start", name).exit_code, runs(name)) == (0, True)
    assert (run("restart", name).exit_code, runs(name)) == (0, True)
    acts = [entry.act for entry in db.session.query(AuditEntry).filter_by(object_name=name)]
    assert acts == ["service.stop", "service.start", "service.restart"]


def test_what_stops_with_a_service_is_told(run):
    assert run("stop", "webdav").output == "webdav: stopped\nteamchat: waits for webdav\n"
    assert "waits for webdav" in run("list").output


def test_what_is_refused_ends_with_the_reason(run, monkeypatch):
    run("stop", "teamchat")
    monkeypatch.setattr(services, "database_is_supported", lambda: False)
    refused = run("start", "teamchat")
    assert refused.exit_code == 1 and "SQLite" in refused.output
    assert not runs(ServiceName.TEAMCHAT)


def test_a_service_that_does_not_exist_is_not_acted_on(run):
    unknown = run("stop", "smtp")
    assert unknown.exit_code == 2 and "smtp" in unknown.output
