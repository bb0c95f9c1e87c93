"""The form helper and the dialog layout."""

import re
from functools import partial

import pytest
from flask import Response
from flask_wtf import FlaskForm
from jinja2 import ChoiceLoader, DictLoader
from wtforms import StringField
from wtforms.validators import InputRequired

from app.blueprints import dialogs
from app.blueprints.forms import refusals_to, submission
from app.blueprints.versioned import VersionedForm
from app.errors import Conflict, Forbidden, Invalid, NotFound, TooMany

TEMPLATE = """{% extends "layouts/dialog.html" %}
{% set layout, dialog_id, dialog_title = "t/page.html", "trial", "A trial" %}
{% block dialog_fields %}<p id="fields">{{ word }}</p>{% endblock %}"""
PAGE = (
    "<main id=page>{% block body %}{% endblock %}</main><div id=dialog>{% block dialog %}{% endblock %}</div>"
)
OVER = {"HX-Request": "true", "HX-Target": "div#dialog"}


class NameForm(FlaskForm):
    """A form of one field that must be filled in."""

    name = StringField("Name", [InputRequired()])


class RowForm(VersionedForm):
    """A form over a row of one value."""

    name = StringField("Name")


def show(form, status=200, **context):
    form.shown = context
    return Response(
        f"{form.name.data}: {'; '.join(map(str, [*form.name.errors, *form.form_errors]))}", status
    )


def answer(app, operation, data, *, form=NameForm, **how):
    """Return the answer to a submitted form, and the form."""
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_request_context("/", method="POST", data=data):
        sent = form()

        def view():
            with submission(sent, partial(show, sent), **how):
                operation()
            return Response("done")

        return dispatch(app, view), sent


def dispatch(app, view):
    """Run a view as the application does: an abort is an answer."""
    try:
        return app.make_response(view())
    except Exception as error:
        return app.make_response(app.handle_user_exception(error))


def refuse(refusal):
    def operation():
        raise refusal

    return operation


def test_valid_form_runs_the_operation(app):
    done = []
    response, _form = answer(app, lambda: done.append(1), {"name": "arthur"})
    assert (response.status_code, response.get_data(as_text=True), done) == (200, "done", [1])


def test_invalid_form_is_shown_again_and_nothing_runs(app):
    done = []
    response, _form = answer(app, lambda: done.append(1), {"name": ""})
    assert (response.status_code, done) == (422, [])


@pytest.mark.parametrize(
    ("refusal", "status"), [(Invalid("no"), 422), (Forbidden("no"), 403), (NotFound("no"), 404)]
)
def test_refusal_is_shown_above_the_form_with_its_status_and_what_was_typed(app, refusal, status):
    response, form = answer(app, refuse(refusal), {"name": "arthur"})
    assert (response.status_code, response.get_data(as_text=True)) == (status, "arthur: no")
    assert form.form_errors == ["no"]


def test_refusal_of_a_field_is_shown_at_the_field(app):
    _response, form = answer(app, refuse(Invalid("taken", field="name")), {"name": "arthur"})
    assert (form.name.errors, form.form_errors) == (["taken"], [])


def test_refusal_says_when_to_try_again(app):
    response, _form = answer(app, refuse(TooMany(retry_after=7)), {"name": "arthur"})
    assert (response.status_code, response.headers["Retry-After"]) == (429, "7")


def test_status_replaces_the_refusals_own(app):
    response, _form = answer(app, refuse(TooMany()), {"name": "arthur"}, status=422)
    assert response.status_code == 422


def test_refusal_in_passing_is_raised(app):
    response, form = answer(app, refuse(NotFound()), {"name": "arthur"}, passing=NotFound)
    assert response.status_code == 404
    assert form.form_errors == []


def test_conflict_shows_what_the_other_person_changed(app):
    row = (2, {"name": "jean"})
    data = {"name": "arthur", "version": "1", "seen": '{"name": "paul"}'}
    response, form = answer(app, refuse(Conflict()), data, form=RowForm, current=lambda: row)
    assert response.status_code == 422
    assert [(change.before, change.after, change.is_contested) for change in form.shown["theirs"]] == [
        ("paul", "jean", True)
    ]
    assert (form.name.data, form.seen_version) == ("arthur", 2)


def test_refusal_without_a_form_is_given_to_the_page(app):
    def view():
        with refusals_to(lambda status, problem: Response(str(problem), status), only=Invalid):
            raise Invalid("no")

    with app.test_request_context("/", method="POST"):
        response = dispatch(app, view)
    assert (response.status_code, response.get_data(as_text=True)) == (422, "no")


def test_refusal_of_another_kind_is_raised():
    with pytest.raises(Forbidden), refusals_to(lambda **_: None, only=Invalid):
        raise Forbidden()


@pytest.fixture
def template(app, monkeypatch):
    loader = ChoiceLoader(
        [DictLoader({"t/dialog.html": TEMPLATE, "t/page.html": PAGE}), app.jinja_env.loader]
    )
    monkeypatch.setattr(app.jinja_env, "loader", loader)


def shown(app, headers):
    with app.test_request_context("/admin/trial", headers=headers):
        return dialogs.dialog("t/dialog.html", back="/admin/", word="hello").get_data(as_text=True)


def ids(text: str) -> set[str]:
    return set(re.findall(r'\bid="?([\w-]+)', text))


def test_dialog_alone_is_shown_to_htmx(app, template):
    text = shown(app, OVER)
    assert {"trial", "fields"} <= ids(text)
    assert "page" not in ids(text)
    assert re.search(r'<form[^>]* hx-post="/admin/trial" hx-target="#dialog"', text)


@pytest.mark.parametrize("headers", [{}, OVER | {"HX-Target": "main#content"}, {"HX-Request": "true"}])
def test_dialog_is_a_page_for_everything_else(app, template, headers):
    text = shown(app, headers)
    assert {"page", "fields"} <= ids(text)
    assert "trial" not in ids(text)
    assert re.search(r'<form[^>]*method="post" action="/admin/trial"', text)
    assert "hx-post" not in text


@pytest.mark.parametrize(
    ("back", "url"),
    [
        ("/admin/guests/?q=bt", "/admin/guests/?q=bt"),
        ("https://evil.example/admin/", "/admin/"),
        ("//evil.example/admin/", "/admin/"),
        ("/webmail/", "/admin/"),
        ("", "/admin/"),
    ],
)
def test_only_pages_of_webadmin_are_returned_to(app, back, url):
    with app.test_request_context("/", method="POST", data={"back": back}):
        assert dialogs.back_from("/admin/") == url
