"""`flask services …`: the acts of the Dashboard, with exit codes."""

import pytest

from app.extensions import db
from app.models import AuditEntry, Service, ServiceName
from app.rules import services


@pytest.fixture
def run(app, people):
    return lambda *words: app.test_cli_runner().invoke(args=["services", *words])


def is_running(name: ServiceName) -> bool:
    db.session.expire_all()
    return db.session.query(Service).filter_by(name=name).one().is_running


def test_list_prints_every_service(run):
    lines = run("list").output.splitlines()
    assert [line.split()[:2] for line in lines] == [
        [name, "running"] for name in ("teamchat", "groupware", "webdav", "webclient", "mail")
    ]


@pytest.mark.parametrize("name", [name.value for name in ServiceName])
def test_service_is_stopped_and_started(run, name):
    stopped = run("stop", name)
    assert (stopped.exit_code, is_running(name)) == (0, False)
    assert f"{name}: stopped" in stopped.output
    assert (run("start", name).exit_code, is_running(name)) == (0, True)
    assert (run("restart", name).exit_code, is_running(name)) == (0, True)
    acts = [entry.act for entry in db.session.query(AuditEntry).filter_by(object_name=name)]
    assert acts == ["service.stop", "service.start", "service.restart"]


def test_stop_prints_the_dependent_services(run):
    assert run("stop", "webdav").output == "webdav: stopped\nteamchat: waits for webdav\n"
    assert "waits for webdav" in run("list").output


def test_refused_start_ends_with_the_reason(run, monkeypatch):
    run("stop", "teamchat")
    monkeypatch.setattr(services, "database_is_supported", lambda: False)
    refused = run("start", "teamchat")
    assert refused.exit_code == 1 and "SQLite" in refused.output
    assert not is_running(ServiceName.TEAMCHAT)


def test_unknown_service_is_refused(run):
    unknown = run("stop", "smtp")
    assert unknown.exit_code == 2 and "smtp" in unknown.output
