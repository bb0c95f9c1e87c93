"""Pages, fragments, and redirects after a write."""

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


def test_browser_gets_the_whole_page(app):
    answer = show(app, {})
    assert answer.get_data(as_text=True).startswith("<html>")
    assert "<h1>arthur</h1>" in answer.get_data(as_text=True)


def test_htmx_gets_its_block_with_the_context_of_the_page(app):
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
def test_other_request_gets_the_whole_page(app, change):
    assert show(app, FRAGMENT | change).get_data(as_text=True).startswith("<html>")


def test_block_not_offered_returns_the_whole_page(app):
    assert show(app, FRAGMENT, blocks=()).get_data(as_text=True).startswith("<html>")


def test_refused_form_is_a_fragment_with_422(app):
    answer = show(app, FRAGMENT, status=422)
    assert (answer.status_code, answer.get_data(as_text=True)) == (422, "<ul id=people>arthur</ul>")


def test_caches_separate_page_and_fragment(app):
    assert {"HX-Request", "HX-Target"} <= set(show(app, FRAGMENT).vary)


def test_see_other_redirects_a_browser(app):
    with app.test_request_context("/"):
        answer = htmx.see_other("/admin/groups/7")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/groups/7")


def test_see_other_sends_location_and_toast_to_htmx(app):
    with app.test_request_context("/", headers=FRAGMENT):
        answer = htmx.see_other("/admin/groups/7", toast="Enregistré")
    assert answer.status_code == 204
    assert json.loads(answer.headers["HX-Location"])["path"] == "/admin/groups/7"
    assert json.loads(answer.headers["HX-Trigger"]) == {"toast": {"level": "success", "text": "Enregistré"}}


def test_toast_header_is_ascii(app):
    with app.test_request_context("/", headers=FRAGMENT):
        answer = htmx.see_other("/", toast="« été » 🎉")
    assert answer.headers["HX-Trigger"].isascii()


def test_toast_waits_for_the_next_page_without_htmx(app):
    with app.test_request_context("/"):
        from flask import get_flashed_messages

        htmx.see_other("/", toast="Saved")
        assert get_flashed_messages(with_categories=True) == [("success", "Saved")]


@pytest.mark.parametrize(("target", "is_over"), [("ul#people", True), ("ul#elsewhere", False)])
def test_outer_context_is_made_for_the_whole_page_only(app, target, is_over):
    made = []
    answer = show(
        app,
        FRAGMENT | {"HX-Target": target},
        around=lambda: made.append(1) or {"name": "of around", "more": 1},
    )
    assert made == ([] if is_over else [1])
    assert "arthur" in answer.get_data(as_text=True)
    assert "of around" not in answer.get_data(as_text=True)
