"""Catalogues: every text is translated in both languages, with its placeholders."""

import pytest

from tests.support.tools import script

catalogues = script("catalogues")
LANGUAGES = catalogues.LANGUAGES


@pytest.fixture(scope="module")
def texts():
    """Return the texts of the code, as Babel extracts them."""
    extracted = catalogues.extracted()
    assert len(extracted) > 100
    return extracted


def ids(catalogue) -> set:
    return {message.id for message in catalogue if message.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_contains_exactly_texts_of_the_code(texts, language):
    stored = ids(catalogues.stored(language))
    assert stored - ids(texts) == set(), "no longer in the code: run bin/catalogues"
    assert ids(texts) - stored == set(), "not collected yet: run bin/catalogues"


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_is_complete(language):
    assert catalogues.missing(language, catalogues.stored(language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_has_no_fuzzy_entries(language):
    assert [message.id for message in catalogues.stored(language) if message.id and message.fuzzy] == []


def test_missing_translation_is_detected():
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
def test_french_punctuation_follows_a_no_break_space(typed, printed):
    assert catalogues.typeset(typed) == printed
