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


def urls(**values) -> dict:
    return {**GOOD.told, **values}


def ending(**time_left) -> ShownCertificate:
    return replace(SHOWN, ends=now() + timedelta(**time_left))


def state_of(name: str, **changes) -> State:
    checks = {check.name: check for check in readiness.judge(replace(GOOD, **changes))}
    assert tuple(checks) == readiness.NAMES
    assert checks[name].sentence
    return checks[name].state


def test_well_configured_server_is_ready(app):
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
        ("discovery", {"told": urls(webclient="")}, State.FAILURE),
        ("discovery", {"told": urls(teamchat_api="http://chat.iwdemo.fr/teamchatapi/")}, State.FAILURE),
        ("discovery", {"told": urls(webadmin="https://chat.iwdemo.fr")}, State.FAILURE),
        ("discovery", {"told": urls(webclient="https://other.fr/webmail/")}, State.WARNING),
        ("discovery", {"told": urls(sms="")}, State.OK),
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


def test_worst_check_is_the_overall_state(app):
    assert readiness.worst(readiness.judge(replace(GOOD, has_mail=False))) is State.WARNING
    assert readiness.worst(readiness.judge(replace(GOOD, has_mail=False, dialect="sqlite"))) is State.FAILURE


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"dialect": "sqlite"}, "not_ready_database"),
        ({"license": replace(LICENSE, valid_until=now() - timedelta(days=1))}, "not_ready_licence"),
    ],
)
def test_failed_database_or_license_check_prevents_enabling_teamchat(app, monkeypatch, changes, code):
    monkeypatch.setattr(readiness, "collect_facts", lambda: replace(GOOD, **changes))
    with pytest.raises(Invalid) as refusal:
        readiness.require_may_enable()
    assert (refusal.value.code, refusal.value.field) == (code, "teamchat")


def test_other_failures_do_not_prevent_enabling_teamchat(app, monkeypatch):
    bad = replace(GOOD, public_url="http://x.fr", is_storage_writable=False, workers=2, has_mail=False)
    monkeypatch.setattr(readiness, "collect_facts", lambda: bad)
    readiness.require_may_enable()


def test_facts_are_read_without_probing(app, count_statements):
    with app.test_request_context(), count_statements() as statements:
        checks = readiness.checks()
    assert [check.name for check in checks] == list(readiness.NAMES)
    assert len(statements) <= 5
