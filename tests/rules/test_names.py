"""Names: invisible characters are dropped, and a guest's name is not misleading."""

import pytest

from app.errors import Invalid
from app.rules.accounts import names

BLANK = [
    "\u200b",
    "\u3164",
    "\u115f \u1160",
    "\u2800",
    "\u00ad",
    "\ufeff",
    "\u200d",
    "\u034f",
    "\ufe0f",
    "\u0301",
]


@pytest.mark.parametrize("text", BLANK)
def test_name_without_visible_characters_is_refused(app, text):
    with pytest.raises(Invalid) as refused:
        names.checked_name(text)
    assert (refused.value.code, refused.value.field) == ("empty", "name")


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("\u202egro.rueht", "gro.rueht"),
        ("\u2066arthur\u2069", "arthur"),
        ("arthur\u200b", "arthur"),
        ("ar\u200dthur", "arthur"),
        ("ar\u00adthur", "arthur"),
        ("art\U000e0068hur", "arthur"),
        ("arthur \u3164", "arthur"),
        ("ar\ufe0f\u200d\ufe0fthur", "arthur"),
        ("Édouard  O'Neill-Żak", "Édouard O'Neill-Żak"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("ක්\u200dෂ", "ක්\u200dෂ"),
        ("Équipe 👩\u200d💻", "Équipe 👩\u200d💻"),
        ("🏳\ufe0f\u200d🌈", "🏳\ufe0f\u200d🌈"),
        ("42", "42"),
    ],
)
def test_invisible_characters_are_removed(app, text, cleaned):
    assert names.checked_name(text) == cleaned


@pytest.mark.parametrize(
    "text", ["\u0430rthur", "АRTHUR", "роса", "ТОМ", "𝐚𝐫𝐭𝐡𝐮𝐫", "ａｒｔｈｕｒ", "Сара Smith"]
)
def test_misleading_name_of_guest_is_refused(app, text):
    with pytest.raises(Invalid) as refused:
        names.checked_guest_name(text)
    assert refused.value.code == "deceptive_name"


@pytest.mark.parametrize(
    "text",
    ["Сара Иванова", "Лукʼян", "Mª Carmen", "山田 太郎", "田中ひろし", "Ελένη", "Bruno 山田", "علی رضا"],
)
def test_names_of_every_alphabet_are_accepted(app, text):
    assert names.checked_guest_name(text) == text
