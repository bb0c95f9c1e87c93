"""Help → Licence."""

import io
import re
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from app.rules import licenses
from tests.support.licenses import HERE, PUBLIC, URL, issue, keep_trial, paper


@pytest.fixture
def with_key(app):
    app.config["LICENSE_PUBLIC_KEY"] = PUBLIC


def test_the_page_tells_of_the_licence(people, trial, client_of):
    page = client_of(people.admin).get(URL).text
    for words in ("iwdemo.fr", "Trial", HERE, "of 100 taken", "Guests are free"):
        assert words in page


def test_licence_page_shows_the_version_of_pyproject(app, people, client_of):
    project = tomllib.loads((Path(app.root_path).parent / "pyproject.toml").read_text(encoding="utf-8"))
    paragraph = re.search(r'<p id="version"[^>]*>(.*?)</p>', client_of(people.admin).get(URL).text)
    assert paragraph[1] == f"TeamChat {project['project']['version']}"


def test_without_a_licence_the_page_says_so(people, client_of):
    assert "No licence is recorded" in client_of(people.web_admin).get(URL).text


def test_the_menus_lead_to_it_for_those_who_answer_for_the_server(people, client_of):
    assert client_of(people.web_admin).get("/admin/").text.count(f'href="{URL}"') >= 2
    client = client_of(people.domain_admin)
    assert f'href="{URL}"' not in client.get("/admin/").text
    assert client.get(URL).status_code == 403


def test_one_button_issues_a_licence(people, trial, client_of):
    client = client_of(people.admin)
    assert "Issue the licence" in client.get(URL).text
    assert issue(client).status_code == 303
    assert licenses.current_license().seats == 30
    assert "Full" in client.get(URL).text


def test_a_web_administrator_sees_no_button_and_issues_nothing(people, trial, client_of):
    client = client_of(people.web_admin)
    assert "Issue the licence" not in client.get(URL).text
    assert issue(client).status_code == 403
    assert licenses.current_license().seats == 100


@pytest.mark.parametrize(
    "changes",
    [{"seats": "0"}, {"seats": "x"}, {"valid_until": "2020-01-01"}, {"valid_until": ""}, {"holder": ""}],
)
def test_what_makes_no_sense_is_told_at_its_field(people, trial, client_of, changes):
    answer = issue(client_of(people.admin), **changes)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert licenses.current_license().seats == 100


def test_where_a_key_is_set_a_document_is_pasted(people, trial, with_key, client_of):
    client = client_of(people.admin)
    page = client.get(URL).text
    assert "Issue the licence" not in page
    assert HERE in page
    assert client.post(f"{URL}/install", data={"document": paper()}).status_code == 303
    assert "Société Démo" in client.get(URL).text
    assert issue(client).status_code == 403


def test_or_comes_as_a_file(people, trial, with_key, client_of):
    data = {"document": "", "file": (io.BytesIO(paper().encode()), "demo.licence")}
    answer = client_of(people.admin).post(f"{URL}/install", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert licenses.current_license().seats == 50


@pytest.mark.parametrize("text", ["", "bonjour", paper(valid_until=licenses.now() - timedelta(days=1))])
def test_a_bad_document_is_told_at_the_field_and_stays_typed(people, trial, with_key, client_of, text):
    answer = client_of(people.admin).post(f"{URL}/install", data={"document": text})
    assert answer.status_code == 422
    assert 'id="document-error"' in answer.text
    assert text[:8] in answer.text
    assert licenses.current_license().seats == 100


def test_a_file_that_is_no_text_is_told(people, trial, with_key, client_of):
    data = {"document": "", "file": (io.BytesIO(bytes(range(256))), "x.bin")}
    answer = client_of(people.admin).post(f"{URL}/install", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422


def test_less_than_before_is_asked_about_and_can_be_wanted(people, trial, with_key, client_of):
    client = client_of(people.admin)
    assert "Install it anyway" not in client.get(URL).text
    asked = client.post(f"{URL}/install", data={"document": paper(seats=2)})
    assert asked.status_code == 422
    assert "Install it anyway" in asked.text
    assert (
        client.post(f"{URL}/install", data={"document": paper(seats=2), "accepts_less": "y"}).status_code
        == 303
    )
    assert "More accounts than seats" in client.get(URL).text


def test_another_installations_licence_warns(people, trial, with_key, client_of):
    client = client_of(people.admin)
    client.post(f"{URL}/install", data={"document": paper(reference="ANOTHER")})
    assert "belongs to another installation" in client.get(URL).text
    assert "belongs to another installation" in client.get("/admin/").text


def test_an_ended_licence_says_what_stays(people, client_of):
    keep_trial(days=-1)
    page = client_of(people.admin).get(URL).text
    assert "This licence has ended" in page
    assert "stay readable" in page


def test_the_end_is_announced(people, client_of):
    keep_trial(days=5)
    assert "ends soon" in client_of(people.admin).get(URL).text
