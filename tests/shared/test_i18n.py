"""The language of an answer: the person's own, else the one chosen in the menu, else the browser's, else French."""

import pytest
from flask_babel import gettext

from app import i18n
from tests.support import factories

GERMAN, ENGLISH = {"Accept-Language": "de-DE,de;q=0.9"}, {"Accept-Language": "en-GB,en;q=0.9,fr;q=0.5"}


def language_of_page(client, headers=None) -> str:
    page = client.get("/sessions", headers=headers, follow_redirects=True).text
    return page.split('lang="')[1].split('"')[0]


def test_strangers_read_their_browser_s_language(visitor):
    assert language_of_page(visitor, ENGLISH) == "en"


def test_who_reads_neither_gets_french(visitor):
    assert language_of_page(visitor, GERMAN) == "fr"


def test_an_account_s_own_language_counts_before_the_browser_s(client_of, people):
    french = factories.make_account(people.domain, "Aline", language="fr")
    assert language_of_page(client_of(french), ENGLISH) == "fr"


def test_the_menu_s_choice_lasts(visitor):
    visitor.post("/language", data={"language": "en"})
    assert language_of_page(visitor, GERMAN) == "en"


def test_an_account_s_choice_follows_it_to_other_devices(client_of, people):
    person = factories.make_account(people.domain, "Aline", language="fr")
    client_of(person).post("/language", data={"language": "en"})
    assert language_of_page(client_of(person), GERMAN) == "en"


def test_a_language_that_is_not_there_is_not_taken(visitor):
    visitor.post("/language", data={"language": "xx"})
    assert language_of_page(visitor, ENGLISH) == "en"


@pytest.mark.parametrize(
    ("code", "sentence"), [("fr", "Veuillez vous connecter."), ("en", "Please sign in.")]
)
def test_what_is_said_to_others_is_said_in_their_language(app, code, sentence):
    with i18n.in_language(code):
        assert gettext("Please sign in.") == sentence
        assert i18n.language() == code


def test_an_account_without_a_language_is_written_to_in_french(app, people):
    assert i18n.language_of(factories.make_account(people.domain, "Aline", language=None)) == "fr"
    assert i18n.language_of(people.arthur) == "en"
