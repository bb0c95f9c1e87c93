"""The kit that templates draw from."""

import pytest
from jinja2 import DictLoader, Environment

from app.macros import MACRO_FILES, Macros

ONE, OTHER = "{% macro badge() %}one{% endmacro %}", "{% macro badge() %}other{% endmacro %}"


@pytest.fixture
def shelves() -> dict[str, str]:
    return {f"ui/{shelf}.html": "" for shelf in MACRO_FILES} | {f"ui/{MACRO_FILES[-1]}.html": ONE}


@pytest.mark.parametrize(("is_developing", "then"), [(True, "other"), (False, "one")])
def test_an_edited_macro_shows_at_once_only_while_developing(shelves, is_developing, then):
    kit = Macros(Environment(loader=DictLoader(shelves), auto_reload=is_developing))
    assert kit.badge() == "one"
    shelves[f"ui/{MACRO_FILES[-1]}.html"] = OTHER
    assert kit.badge() == then


def test_what_no_shelf_has_is_named(shelves):
    kit = Macros(Environment(loader=DictLoader(shelves)))
    with pytest.raises(AttributeError, match="bagde"):
        _ = kit.bagde
