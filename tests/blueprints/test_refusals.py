"""Refusals: one code and one sentence, told by each entry point in its own form."""

import json

import pytest

from app import errors
from app.extensions import db

KINDS = [
    errors.Invalid,
    errors.NotFound,
    errors.Forbidden,
    errors.Conflict,
    errors.TooMany,
    errors.Unavailable,
    errors.ServiceStopped,
]
JSON = {"Accept": "application/json"}
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#content"}


@pytest.fixture
def refusing(app, monkeypatch):
    """Have /healthz raise something."""

    def make(error):
        def view():
            raise error

        view.is_open = True
        monkeypatch.setitem(app.view_functions, "health.alive", view)

    return make


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_a_page_says_the_sentence_with_the_status(refusing, visitor, kind):
    refusing(kind("Only this sentence."))
    answer = visitor.get("/healthz")
    assert answer.status_code == kind.status
    assert "Only this sentence." in answer.text


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_a_program_gets_the_code(refusing, visitor, kind):
    refusing(kind("Only this sentence."))
    answer = visitor.get("/healthz", headers=JSON)
    assert answer.status_code == kind.status
    assert answer.json == {"ok": False, "error": kind.code, "message": "Only this sentence."}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_htmx_shows_a_notice_and_swaps_nothing(refusing, visitor, kind):
    refusing(kind("Only this sentence."))
    answer = visitor.get("/healthz", headers=HTMX)
    assert answer.status_code == kind.status
    assert answer.headers["HX-Reswap"] == "none"
    assert json.loads(answer.headers["HX-Trigger"])["toast"] == {
        "level": "error",
        "text": "Only this sentence.",
    }


def test_who_is_signed_out_is_taken_to_the_sign_in_page(visitor):
    assert visitor.get("/sessions").headers["Location"].startswith("/sign-in?next=")
    assert visitor.get("/sessions", headers=HTMX).headers["HX-Redirect"] == "/sign-in"
    assert visitor.get("/sessions", headers=JSON).json["error"] == "signed_out"


def test_a_refusal_says_when_to_go_on(refusing, visitor):
    refusing(errors.TooMany(retry_after=7))
    assert visitor.get("/healthz").headers["Retry-After"] == "7"


def test_the_usual_sentences_are_told_in_the_reader_s_language(visitor):
    told = {
        language: visitor.get("/sessions", headers={**JSON, "Accept-Language": language}).json["message"]
        for language in ("en", "fr")
    }
    assert told["en"] == "Please sign in."
    assert told["fr"] != told["en"]


def test_what_does_not_exist_is_a_page_of_ours(visitor):
    answer = visitor.get("/no/such/page")
    assert answer.status_code == 404
    assert "<html" in answer.text


def test_a_fault_of_the_program_tells_no_secret(refusing, visitor, caplog):
    refusing(ZeroDivisionError("secret detail"))
    answer = visitor.get("/healthz")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text


def test_a_fault_undoes_what_was_begun(refusing, visitor, app):
    refusing(RuntimeError("half done"))
    visitor.get("/healthz")
    assert not db.session.new


def test_more_than_a_form_may_hold_is_refused(client_of, people):
    answer = client_of(people.arthur).post("/language", data={"language": "x" * (1024 * 1024 + 1)})
    assert answer.status_code == 413


def test_every_refusal_has_its_own_code():
    kinds = {
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.Refusal)
    }
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert {kind.status for kind in kinds} <= {401, 403, 404, 409, 421, 422, 429, 503}
