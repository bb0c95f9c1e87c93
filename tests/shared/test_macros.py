"""The macros of the templates."""

import pytest
from jinja2 import DictLoader, Environment

from app.macros import MACRO_FILES, Macros

ONE, OTHER = "{% macro badge() %}one{% endmacro %}", "{% macro badge() %}other{% endmacro %}"


@pytest.fixture
def templates() -> dict[str, str]:
    return {f"ui/{name}.html": "" for name in MACRO_FILES} | {f"ui/{MACRO_FILES[-1]}.html": ONE}


@pytest.mark.parametrize(("is_developing", "then"), [(True, "other"), (False, "one")])
def test_edited_macro_is_reloaded_in_development_only(templates, is_developing, then):
    macros = Macros(Environment(loader=DictLoader(templates), auto_reload=is_developing))
    assert macros.badge() == "one"
    templates[f"ui/{MACRO_FILES[-1]}.html"] = OTHER
    assert macros.badge() == then


def test_unknown_macro_is_named(templates):
    macros = Macros(Environment(loader=DictLoader(templates)))
    with pytest.raises(AttributeError, match="bagde"):
        _ = macros.bagde
