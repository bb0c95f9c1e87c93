"""Log lines of requests, and secrets that they never contain."""

import json
import logging
import time

import pytest

from app import logs
from tests.support.factories import PASSWORD


@pytest.fixture
def lines(monkeypatch):
    """Return the lines of the log, parsed."""
    written = []

    class Paper(logging.Handler):
        def emit(self, record):
            written.append(json.loads(self.format(record)))

    paper = Paper()
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    logs.configure_logs("debug", "json")
    (own,) = [handler for handler in root.handlers if handler.get_name() == "teamchat"]
    paper.setFormatter(own.formatter)
    root.handlers = [paper]
    yield written
    root.handlers = before
    root.setLevel(level)


def of_requests(lines) -> list[dict]:
    return [line for line in lines if line["event"] == "request"]


def test_a_request_leaves_a_line_with_its_id_and_who_it_was(lines, client_of, people):
    client, start = client_of(people.arthur), time.monotonic()
    client.get("/sessions", headers={"X-Request-ID": "request-number-1"})
    whole = (time.monotonic() - start) * 1000
    line = of_requests(lines)[-1]
    assert (line["request_id"], line["account_id"]) == ("request-number-1", people.arthur.id)
    assert (line["method"], line["path"], line["status"]) == ("GET", "/sessions", 200)
    assert 0 < line["duration_ms"] <= whole
    assert line["timestamp"].endswith("Z")


def test_a_stranger_is_nobody_in_the_next_line(lines, client_of, visitor, people):
    client_of(people.arthur).get("/sessions")
    visitor.get("/sign-in")
    assert "account_id" not in of_requests(lines)[-1]


def test_passwords_tokens_and_messages_are_never_written(lines, visitor, client_of, people, monkeypatch):
    def fail(*_args):
        raise RuntimeError("something else")

    visitor.post(
        "/sign-in?password=in-the-address", data={"address": people.arthur.address, "password": PASSWORD}
    )
    visitor.get("/setup/0123456789abcdefghijklmnopqrstuvwxyz-ABCDEF")
    client = client_of(people.arthur)
    monkeypatch.setattr("app.blueprints.sessions.views.devices", fail)
    client.get("/sessions")
    token = []
    client.change_cookie(lambda cookie: token.append(cookie["_user_id"]))
    everything = json.dumps(lines)
    for secret in (PASSWORD, "in-the-address", "0123456789abcdefghijklmnopqrstuvwxyz", token[0]):
        assert secret not in everything
    assert "RuntimeError" in everything


def test_a_failed_statement_does_not_show_what_it_carried(lines, client_of, people, monkeypatch):
    from app.extensions import db
    from app.models import Domain

    def fail(*_args):
        db.session.add(Domain(name=people.domain.name, description="what somebody wrote"))
        db.session.flush()

    monkeypatch.setattr("app.blueprints.sessions.views.devices", fail)
    assert client_of(people.arthur).get("/sessions").status_code == 500
    everything = json.dumps(lines)
    assert "IntegrityError" in everything
    assert "what somebody wrote" not in everything


@pytest.mark.parametrize(
    "name", ["password", "new_password", "token", "Cookie", "authorization", "body", "html"]
)
def test_whatever_is_called_like_a_secret_loses_its_value(name):
    assert logs.redact_secrets(None, "info", {name: "x", "event": "e"}) == {name: "[removed]", "event": "e"}


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/admin/groups/7", "/admin/groups/7"),
        ("/setup/" + "a" * 43, "/setup/…"),
        ("/a/" + "b" * 24 + "/c", "/a/…/c"),
    ],
)
def test_long_words_of_a_path_are_not_shown(path, shown):
    assert logs.redacted_path(path) == shown


def test_lines_for_people_are_text(lines):
    logs.configure_logs("info", "text")
    (own,) = [handler for handler in logging.getLogger().handlers if handler.get_name() == "teamchat"]
    record = logging.LogRecord("a.library", logging.WARNING, __file__, 1, "something happened", None, None)
    assert "something happened" in own.format(record)
    assert not own.format(record).startswith("{")
