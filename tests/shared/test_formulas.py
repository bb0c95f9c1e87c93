"""Formulas in exported tables: harmless in a spreadsheet, and unchanged by an export and an import."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.operations.imports import table
from app.operations.imports.running import _kinds
from app.text.formulas import escape_formula, unescape_formula

BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")
TEXTS = st.text() | st.builds(
    lambda quotes, beginning, rest: "'" * quotes + beginning + rest,
    st.integers(0, 3),
    st.sampled_from(BEGINNINGS),
    st.text(),
)


@given(TEXTS)
def test_text_is_the_same_after_an_export_and_an_import(text):
    assert unescape_formula(escape_formula(text)) == text


@given(TEXTS)
def test_no_exported_cell_is_a_formula(text):
    assert not escape_formula(text).startswith(BEGINNINGS)


@pytest.mark.parametrize("text", ["", "'", "plain", "'tis", "it's = 1", "1+1"])
def test_other_text_is_unchanged(text):
    assert escape_formula(text) == unescape_formula(text) == text


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_import_reads_what_an_export_has_escaped(beginning):
    kind = _kinds["accounts"]
    cells = table.meaning_of_row(kind, {"name": escape_formula(f"{beginning}x"), "address": "x"})
    assert cells == {"name": f"{beginning}x", "address": "x"}
