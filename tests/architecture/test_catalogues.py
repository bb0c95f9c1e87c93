"""Catalogues: every text is translated in both languages, with its placeholders."""

import pytest

from tests.support.tools import script

catalogues = script("catalogues")
LANGUAGES = catalogues.LANGUAGES


@pytest.fixture(scope="module")
def said():
    """Return the texts of the code, as Babel extracts them."""
    found = catalogues.extracted()
    assert len(found) > 100
    return found


def ids(catalogue) -> set:
    return {message.id for message in catalogue if message.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_what_the_code_says_and_nothing_else(said, language):
    stored = ids(catalogues.stored(language))
    assert stored - ids(said) == set(), "no longer said: run bin/catalogues"
    assert ids(said) - stored == set(), "not collected yet: run bin/catalogues"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_complete(language):
    assert catalogues.missing(language, catalogues.stored(language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_a_guess(language):
    assert [message.id for message in catalogues.stored(language) if message.id and message.fuzzy] == []


def test_what_is_missing_is_noticed():
    catalogue = catalogues.Catalog(locale="fr")
    catalogue.add("Bare")
    catalogue.add("Lost %(name)s", "Perdu")
    catalogue.add(("One %(num)s", "Many %(num)s"), ("Un", ""))
    assert len(catalogues.missing("fr", catalogue)) == 3
    catalogue = catalogues.Catalog(locale="fr")
    catalogue.add(("One %(num)s", "Many %(num)s"), ("Un %(num)s", "Plusieurs %(num)s"))
    assert catalogues.missing("fr", catalogue) == []


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Supprimer ce message ?", "Supprimer ce message\u202f?"),
        (
            "Attention : « %(name)s » part ; et puis ?!",
            "Attention\xa0: «\xa0%(name)s\xa0» part\u202f; et puis\u202f?!",
        ),
        ("de 8:30 à https://exemple.fr/?a=b :c", "de 8:30 à https://exemple.fr/?a=b :c"),
    ],
)
def test_no_line_of_french_begins_with_a_sign(typed, printed):
    assert catalogues.typeset(typed) == printed
