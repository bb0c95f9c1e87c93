"""Writing and comparing addresses."""

import pytest

from app.errors import Invalid
from app.rules.accounts import addresses


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("  Arthur@IWDEMO.fr ", "arthur@iwdemo.fr"),
        ("zoe\u0301@iwdemo.fr", "zoé@iwdemo.fr"),
        ("jean@Société.fr", "jean@xn--socit-esab.fr"),
        ("jean@xn--socit-esab.fr", "jean@xn--socit-esab.fr"),
        ("b.t+tag@Darnis.com", "b.t+tag@darnis.com"),
        ("arthur", "arthur"),
        ("", ""),
        ("a@b c", "a@b c"),
    ],
)
def test_address_is_normalised(written, stored):
    assert addresses.normalise(written) == stored
    assert addresses.normalise(stored) == stored


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("jean@xn--socit-esab.fr", "jean@société.fr"),
        ("xn--socit-esab.fr", "société.fr"),
        ("arthur@iwdemo.fr", "arthur@iwdemo.fr"),
        ("system", "system"),
        ("", ""),
    ],
)
def test_idna_address_is_shown_decoded(stored, shown):
    assert addresses.readable(stored) == shown


@pytest.mark.parametrize("alias", ["arthur", "jean.moreau", "o'brien", "a_b", "zoé", "x+y", "1"])
def test_valid_alias_is_accepted(app, alias):
    assert addresses.checked_alias(alias.upper()) == alias


@pytest.mark.parametrize("alias", ["", " ", "a b", ".a", "a.", "a..b", "a@b", "a\u200bb", "é" * 65])
def test_invalid_alias_is_refused(app, alias):
    with pytest.raises(Invalid):
        addresses.checked_alias(alias)


def test_domain_name_loses_trailing_dot(app):
    assert addresses.checked_domain_name(" Example.ORG. ") == "example.org"


@pytest.mark.parametrize(
    "name", ["", "org", "a b.org", "-a.org", "10.0.0.1", "##internalservicedomain.teamchat##"]
)
def test_invalid_domain_name_is_refused(app, name):
    with pytest.raises(Invalid):
        addresses.checked_domain_name(name)


@pytest.mark.parametrize(
    ("name", "alias"),
    [
        ("Jean Moreau", "jean.moreau"),
        ("Léa  d'Été", "lea.d'ete"),
        ("Projet (2027) !", "projet.2027"),
        ("***", ""),
    ],
)
def test_alias_is_suggested_from_name(app, name, alias):
    assert addresses.suggested_alias(name) == alias
    if alias:
        assert addresses.checked_alias(alias) == alias
