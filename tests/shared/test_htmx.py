"""A page, its fragments, and where to go after a write."""

import json

import pytest
from jinja2 import ChoiceLoader, DictLoader

from app import htmx

TEMPLATES = {
    "t/layout.html": "<html><main id=content>{% block content %}{% endblock %}</main></html>",
    "t/page.html": "{% extends 't/layout.html' %}{% block content %}<h1>{{ name }}</h1>"
    "{% block people %}<ul id=people>{{ name }}</ul>{% endblock %}{% endblock %}",
}
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "ul#people"}


@pytest.fixture(autouse=True)
def templates(app, monkeypatch):
    loader = ChoiceLoader([DictLoader(TEMPLATES), app.jinja_env.loader])
    monkeypatch.setattr(app.jinja_env, "loader", loader)


def show(app, headers, blocks=("people",), **more):
    with app.test_request_context("/", headers=headers):
        return htmx.page("t/page.html", blocks=blocks, name="arthur", **more)


def test_a_browser_gets_the_whole_page(app):
    answer = show(app, {})
    assert answer.get_data(as_text=True).startswith("<html>")
    assert "<h1>arthur</h1>" in answer.get_data(as_text=True)


def test_htmx_gets_the_block_it_asks_for_with_the_context_of_the_page(app):
    assert show(app, FRAGMENT).get_data(as_text=True) == "<ul id=people>arthur</ul>"


@pytest.mark.parametrize(
    "change",
    [
        {"HX-Request-Type": "full"},
        {"HX-Target": "body"},
        {"HX-Target": ""},
        {"HX-Request": "false"},
    ],
    ids=["a boosted link", "another target", "no target", "not htmx"],
)
def test_everything_else_gets_the_whole_page(app, change):
    assert show(app, FRAGMENT | change).get_data(as_text=True).startswith("<html>")


def test_only_blocks_that_the_view_offers_are_given_alone(app):
    assert show(app, FRAGMENT, blocks=()).get_data(as_text=True).startswith("<html>")


def test_a_form_that_was_refused_comes_back_as_a_fragment_with_422(app):
    answer = show(app, FRAGMENT, status=422)
    assert (answer.status_code, answer.get_data(as_text=True)) == (422, "<ul id=people>arthur</ul>")


def test_caches_keep_page_and_fragment_apart(app):
    assert {"HX-Request", "HX-Target"} <= set(show(app, FRAGMENT).vary)


def test_after_a_write_a_browser_is_sent_to_the_result(app):
    with app.test_request_context("/"):
        answer = htmx.see_other("/admin/groups/7")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/groups/7")


def test_after_a_write_htmx_fetches_the_result_and_shows_the_notice(app):
    with app.test_request_context("/", headers=FRAGMENT):
        answer = htmx.see_other("/admin/groups/7", toast="Enregistré")
    assert answer.status_code == 204
    assert json.loads(answer.headers["HX-Location"])["path"] == "/admin/groups/7"
    assert json.loads(answer.headers["HX-Trigger"]) == {"toast": {"level": "success", "text": "Enregistré"}}


def test_a_notice_stays_within_what_headers_may_carry(app):
    with app.test_request_context("/", headers=FRAGMENT):
        answer = htmx.see_other("/", toast="« été » 🎉")
    answer.headers["HX-Trigger"].encode("ascii")


def test_without_htmx_the_notice_waits_for_the_next_page(app):
    with app.test_request_context("/"):
        from flask import get_flashed_messages

        htmx.see_other("/", toast="Saved")
        assert get_flashed_messages(with_categories=True) == [("success", "Saved")]


@pytest.mark.parametrize(("target", "is_over"), [("ul#people", True), ("ul#elsewhere", False)])
def test_context_around_is_made_for_the_whole_page_only(app, target, is_over):
    made = []
    answer = show(
        app,
        FRAGMENT | {"HX-Target": target},
        around=lambda: made.append(1) or {"name": "of around", "more": 1},
    )
    assert made == ([] if is_over else [1])
    assert "arthur" in answer.get_data(as_text=True)
    assert "of around" not in answer.get_data(as_text=True)
