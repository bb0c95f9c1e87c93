"""Readiness of a server, judged from plain facts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.errors import Invalid
from app.models import now
from app.rules.certificates import ShownCertificate
from app.rules.server import readiness
from app.rules.server.readiness import State
from tests.support.readiness import GOOD, LICENSE

SHOWN = ShownCertificate("chat.iwdemo.fr", "Authority", now() + timedelta(days=90), True, None)


def told(**values) -> dict:
    return {**GOOD.told, **values}


def ending(**left) -> ShownCertificate:
    return replace(SHOWN, ends=now() + timedelta(**left))


def state_of(name: str, **changes) -> State:
    checks = {check.name: check for check in readiness.judge(replace(GOOD, **changes))}
    assert tuple(checks) == readiness.NAMES
    assert checks[name].sentence
    return checks[name].state


def test_a_good_server_is_ready(app):
    assert readiness.worst(readiness.judge(GOOD)) is State.OK


@pytest.mark.parametrize(
    ("name", "changes", "state"),
    [
        ("database", {"dialect": "mariadb"}, State.OK),
        ("database", {"dialect": "mssql"}, State.WARNING),
        ("database", {"dialect": "oracle"}, State.WARNING),
        ("database", {"dialect": "sqlite"}, State.FAILURE),
        ("licence", {"license": None}, State.WARNING),
        ("licence", {"license": replace(LICENSE, used=11)}, State.WARNING),
        ("licence", {"license": replace(LICENSE, used=10)}, State.OK),
        ("licence", {"license": replace(LICENSE, valid_until=now() - timedelta(days=1))}, State.FAILURE),
        ("https", {"public_url": "http://chat.iwdemo.fr"}, State.FAILURE),
        ("https", {"public_url": "https://localhost:8443"}, State.WARNING),
        ("https", {"public_url": "https://chat.internal"}, State.WARNING),
        ("https", {"certificate": SHOWN}, State.OK),
        ("https", {"certificate": replace(SHOWN, distrust="self-signed certificate")}, State.WARNING),
        ("https", {"certificate": replace(SHOWN, is_for_host=False)}, State.FAILURE),
        ("https", {"certificate": ending(days=31)}, State.OK),
        ("https", {"certificate": ending(days=29)}, State.WARNING),
        ("https", {"certificate": ending(days=13)}, State.WARNING),
        ("https", {"certificate": ending(days=2)}, State.FAILURE),
        ("https", {"certificate": ending(days=-1)}, State.FAILURE),
        ("https", {"certificate": replace(ending(days=-1), host="earlier.fr")}, State.OK),
        ("discovery", {"told": told(webclient="")}, State.FAILURE),
        ("discovery", {"told": told(teamchat_api="http://chat.iwdemo.fr/teamchatapi/")}, State.FAILURE),
        ("discovery", {"told": told(webadmin="https://chat.iwdemo.fr")}, State.FAILURE),
        ("discovery", {"told": told(webclient="https://other.fr/webmail/")}, State.WARNING),
        ("discovery", {"told": told(sms="")}, State.OK),
        ("mail", {"has_mail": False}, State.WARNING),
        ("mail", {"mail_runs": False}, State.WARNING),
        ("redis", {"workers": 2}, State.FAILURE),
        ("redis", {"workers": 2, "has_redis": True}, State.OK),
        ("redis", {"has_redis": True}, State.OK),
        ("storage", {"is_storage_writable": False}, State.FAILURE),
    ],
)
def test_each_check_has_its_states(app, name, changes, state):
    assert state_of(name, **changes) is state


def test_the_worst_check_speaks_for_all(app):
    assert readiness.worst(readiness.judge(replace(GOOD, has_mail=False))) is State.WARNING
    assert readiness.worst(readiness.judge(replace(GOOD, has_mail=False, dialect="sqlite"))) is State.FAILURE


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"dialect": "sqlite"}, "not_ready_database"),
        ({"license": replace(LICENSE, valid_until=now() - timedelta(days=1))}, "not_ready_licence"),
    ],
)
def test_two_failures_stop_enabling_teamchat(app, monkeypatch, changes, code):
    monkeypatch.setattr(readiness, "collect_facts", lambda: replace(GOOD, **changes))
    with pytest.raises(Invalid) as refusal:
        readiness.require_may_enable()
    assert (refusal.value.code, refusal.value.field) == (code, "teamchat")


def test_every_other_failure_stops_nobody(app, monkeypatch):
    bad = replace(GOOD, public_url="http://x.fr", is_storage_writable=False, workers=2, has_mail=False)
    monkeypatch.setattr(readiness, "collect_facts", lambda: bad)
    readiness.require_may_enable()


def test_the_facts_are_read_without_probing_anything(app, count_statements):
    with app.test_request_context(), count_statements() as seen:
        checks = readiness.checks()
    assert [check.name for check in checks] == list(readiness.NAMES)
    assert len(seen) <= 5
