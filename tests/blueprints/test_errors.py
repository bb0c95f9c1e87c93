"""Errors, told to each kind of client in its own form."""

import json

import pytest
from sqlalchemy.exc import OperationalError

from app.errors import Conflict, ServiceStopped, TooMany
from app.extensions import db

SAYS = {"Accept": "application/json"}


@pytest.fixture
def failing(monkeypatch, app, client_of, people):
    """Return a function that makes the list of devices raise an error.

    failing(error) returns a signed-in browser and a list that counts the attempts.
    """

    def make(error, *, times=99):
        asked = []

        def fail(*_args):
            asked.append(1)
            if len(asked) <= times:
                raise error
            return []

        monkeypatch.setattr("app.blueprints.sessions.views.devices", fail)
        client = client_of(people.arthur)
        client.asked = asked
        return client

    return make


def lost_connection():
    return OperationalError("SELECT 1", {}, Exception(2013, "Lost connection"), connection_invalidated=True)


def toast_of(answer) -> dict:
    return json.loads(answer.headers["HX-Trigger"])["toast"]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Conflict(), 409, "conflict"),
        (TooMany(retry_after=7), 429, "too_many"),
        (ServiceStopped(), 503, "service_stopped"),
    ],
)
def test_a_refusal_is_told_in_three_ways(failing, error, status, code):
    client = failing(error)
    page = client.get("/sessions")
    assert (page.status_code, page.mimetype) == (status, "text/html")
    piece = client.fragment("/sessions", "content")
    assert (piece.status_code, piece.text, piece.headers["HX-Reswap"]) == (status, "", "none")
    assert toast_of(piece)["level"] == "error"
    assert piece.headers["HX-Trigger"].isascii()
    told = client.get("/sessions", headers=SAYS)
    assert (told.status_code, told.json["ok"], told.json["error"]) == (status, False, code)
    assert told.json["message"] == toast_of(piece)["text"]


def test_when_to_try_again_is_told(failing):
    assert failing(TooMany(retry_after=7)).get("/sessions").headers["Retry-After"] == "7"


def test_signed_out_people_are_taken_to_the_sign_in_page(visitor):
    assert visitor.get("/sessions").location == "/sign-in?next=/sessions"
    piece = visitor.fragment("/sessions", "content")
    assert (piece.status_code, piece.headers["HX-Redirect"]) == (401, "/sign-in")
    told = visitor.get("/sessions", headers=SAYS)
    assert (told.status_code, told.json["error"]) == (401, "signed_out")


def test_a_form_that_was_sent_while_signed_out_is_not_asked_for_again(visitor):
    assert visitor.post("/sessions/revoke-others").location == "/sign-in"


def test_what_does_not_exist_is_not_found(visitor, client_of, people):
    assert visitor.get("/nothing").status_code == 404
    assert client_of(people.arthur).get("/nothing").status_code == 404
    assert visitor.get("/nothing", headers=SAYS).json["error"] == "not_found"


def test_administrators_pages_are_not_for_everybody(client_of, people):
    answer = client_of(people.arthur).get("/admin/")
    assert answer.status_code == 403


def test_a_wrong_method_says_which_are_right(client_of, people):
    answer = client_of(people.arthur).get("/sign-out")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_stale_form_says_to_load_the_page_again(visitor):
    answer = visitor.post("/sign-in", data={}, has_token=False)
    assert answer.status_code == 400
    told = visitor.post("/sign-in", data={}, has_token=False, headers=SAYS)
    assert told.json["error"] == "csrf"


def test_an_unexpected_fault_shows_a_page_with_a_reference_and_no_detail(failing):
    answer = failing(RuntimeError("a secret detail")).get("/sessions")
    assert answer.status_code == 500
    assert "a secret detail" not in answer.text
    assert answer.headers["X-Request-ID"] in answer.text


def test_an_unexpected_fault_is_told_to_programs_without_detail(failing):
    answer = failing(RuntimeError("a secret detail")).get("/sessions", headers=SAYS)
    assert (answer.status_code, answer.json["error"]) == (500, "unexpected")
    assert "a secret detail" not in answer.text


def test_a_lost_connection_is_asked_once_more_for_what_only_reads(failing):
    client = failing(lost_connection(), times=1)
    assert client.get("/sessions").status_code == 200
    assert len(client.asked) == 2


def test_a_database_that_stays_away_is_named(failing):
    client = failing(lost_connection())
    page = client.get("/sessions")
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "5"
    assert "base de données" in page.text or "database" in page.text
    assert len(client.asked) == 2
    assert client.get("/sessions", headers=SAYS).json["error"] == "unavailable"
    assert client.fragment("/sessions", "content").headers["HX-Reswap"] == "none"


def test_what_writes_is_not_repeated_when_the_connection_is_lost(failing):
    client = failing(lost_connection())
    assert client.post("/sessions/1/revoke").status_code == 503
    assert len(client.asked) == 1


def test_a_fault_of_a_statement_is_not_called_an_outage(failing):
    error = OperationalError("SELECT", {}, Exception(1054, "Unknown column"))
    assert failing(error).get("/sessions").status_code == 500


def test_the_page_of_a_dead_database_asks_the_database_nothing(failing, monkeypatch, client_of, people):
    """Even who is signed in cannot be asked then."""
    client = client_of(people.arthur)

    def dead(*_args, **_kwargs):
        raise lost_connection()

    monkeypatch.setattr("app.blueprints.sessions.loader.find_by_token", dead)
    answer = client.get("/sessions")
    assert answer.status_code == 503
    assert answer.mimetype == "text/html"


def test_when_even_the_error_page_fails_there_is_an_answer(failing, monkeypatch):
    client = failing(Conflict())

    def broken(*_args, **_kwargs):
        raise RuntimeError("no templates")

    monkeypatch.setattr("app.blueprints.errors.render_template", broken)
    answer = client.get("/sessions")
    assert (answer.status_code, answer.mimetype) == (409, "text/plain")


def test_nothing_of_a_failed_request_is_left_in_the_session(failing):
    failing(RuntimeError()).get("/sessions")
    assert not db.session.new


def test_an_address_that_does_not_exist_is_told_without_a_database_too(client_of, people, monkeypatch):
    def gone(*_anything):
        raise lost_connection()

    client = client_of(people.arthur)
    monkeypatch.setattr("app.blueprints.sessions.loader.find_by_token", gone)
    answer = client.get("/nothing-here")
    assert (answer.status_code, answer.mimetype) == (404, "text/plain")
