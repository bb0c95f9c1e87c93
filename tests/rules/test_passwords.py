"""Acceptable passwords."""

import pytest

from app.errors import Invalid
from app.rules.accounts.passwords import check_new_password, password_problem

ARTHUR = {"name": "Arthur Dupont", "address": "arthur@iwdemo.fr"}


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "trombone-violet-42",
        "arthurlikescoffee",
        "日本語のパスワードです",
        "vacances à la mer",
    ],
)
def test_good_password_is_accepted(password):
    assert password_problem(password, **ARTHUR) is None


@pytest.mark.parametrize("password", ["", "court", "neuf-nine"])
def test_password_under_ten_characters_is_refused(password):
    assert password_problem(password, **ARTHUR) == "short"


def test_password_of_ten_characters_is_accepted():
    assert password_problem("tr0mb-one7", **ARTHUR) is None


def test_very_long_password_is_refused_before_hashing():
    assert password_problem("xy7 " * 100, **ARTHUR) == "long"


@pytest.mark.parametrize(
    "password",
    [
        "Arthur.Dupont2024",
        "arthur@iwdemo.fr",
        "DUPONT-Arthur!",
        "iwdemo2024!!",
        "ruhtra12345",
        "Ａrthur.Dupont",
    ],
)
def test_decorated_own_name_or_address_is_refused(password):
    assert password_problem(password, **ARTHUR) == "own"


def test_password_may_contain_another_name():
    assert password_problem("Arthur.Dupont2024", name="Jean Valjean", address="jean@iwdemo.fr") is None


@pytest.mark.parametrize(
    "password",
    [
        *("Password123!", "P@ssw0rd2024", "motdepasse1", "jétaime12345", "correcthorsebatterystaple"),
        *("azerty12345", "1q2w3e4r5t", "azertyuiop123", "1234567890", "qwerty azerty 12", "abcdefghij"),
        *("abcabcabcabc", "aaaaaaaaaaaa", "Jean2026Jean2026", "!!!!!!!!!!!!", "Soleil-Amour-99"),
    ],
)
def test_common_password_is_refused(password):
    assert password_problem(password, **ARTHUR) == "common"


def test_composed_and_decomposed_passwords_are_judged_alike():
    composed, decomposed = "\u00e9t\u00e92024!!!!!", "e\u0301te\u03012024!!!!!"
    assert password_problem(composed, **ARTHUR) == password_problem(decomposed, **ARTHUR) == "common"


def test_refusal_names_field_and_reason(app):
    with app.test_request_context(), pytest.raises(Invalid) as refused:
        check_new_password("court", field="new", **ARTHUR)
    assert (refused.value.field, refused.value.code) == ("new", "password_short")
    assert "10" in str(refused.value)
