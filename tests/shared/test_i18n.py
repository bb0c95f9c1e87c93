"""The language of an answer: of the account, else of the menu, else of the browser, else French."""

import pytest
from flask_babel import gettext

from app import i18n
from tests.support import factories

GERMAN, ENGLISH = {"Accept-Language": "de-DE,de;q=0.9"}, {"Accept-Language": "en-GB,en;q=0.9,fr;q=0.5"}


def language_of_page(client, headers=None) -> str:
    page = client.get("/sessions", headers=headers, follow_redirects=True).text
    return page.split('lang="')[1].split('"')[0]


def test_visitor_gets_the_language_of_the_browser(visitor):
    assert language_of_page(visitor, ENGLISH) == "en"


def test_visitor_of_another_language_gets_french(visitor):
    assert language_of_page(visitor, GERMAN) == "fr"


def test_language_of_account_precedes_the_browser(client_of, people):
    french = factories.make_account(people.domain, "Aline", language="fr")
    assert language_of_page(client_of(french), ENGLISH) == "fr"


def test_language_chosen_in_the_menu_lasts(visitor):
    visitor.post("/language", data={"language": "en"})
    assert language_of_page(visitor, GERMAN) == "en"


def test_language_of_account_applies_to_other_sessions(client_of, people):
    person = factories.make_account(people.domain, "Aline", language="fr")
    client_of(person).post("/language", data={"language": "en"})
    assert language_of_page(client_of(person), GERMAN) == "en"


def test_unknown_language_is_ignored(visitor):
    visitor.post("/language", data={"language": "xx"})
    assert language_of_page(visitor, ENGLISH) == "en"


@pytest.mark.parametrize(
    ("code", "sentence"), [("fr", "Veuillez vous connecter."), ("en", "Please sign in.")]
)
def test_text_for_others_is_in_their_language(app, code, sentence):
    with i18n.in_language(code):
        assert gettext("Please sign in.") == sentence
        assert i18n.language() == code


def test_account_without_a_language_gets_french(app, people):
    assert i18n.language_of(factories.make_account(people.domain, "Aline", language=None)) == "fr"
    assert i18n.language_of(people.arthur) == "en"
