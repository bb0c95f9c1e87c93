"""Imported tables: read line by line, up to a limit."""

import csv

import pytest

from app.text import sheets
from app.text.sheets import TooManyRows, UnreadableSheet


@pytest.fixture
def lines_read(monkeypatch):
    """Return the lines that the CSV reader has taken so far."""
    taken = []

    class Counting:
        def __init__(self, lines, **options):
            self.reader = csv.reader(map(self.note, lines), **options)

        def note(self, line):
            taken.append(line)
            return line

        def __iter__(self):
            return self.reader

        @property
        def line_num(self):
            return self.reader.line_num

    monkeypatch.setattr(sheets, "csv", type("csv", (), {"reader": Counting, "Error": csv.Error}))
    return taken


def test_reading_stops_at_the_most_rows(lines_read):
    with pytest.raises(TooManyRows):
        sheets.read("a,b\n" * 50_000, most=100)
    assert len(lines_read) == 102


def test_table_of_the_most_rows_is_read_whole(lines_read):
    sheet = sheets.read("address,name\n\n" + "a,b\n" * 100, most=100)
    assert len(sheet.rows) == 100 and sheet.rows[0] == (3, ["a", "b"])
    assert len(lines_read) == 102


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_have_the_number_of_their_first_line(end):
    sheet = sheets.read(end.join(["Address;Name", 'x;"two', 'lines"', "", "y;Y"]))
    assert sheet.head == ["address", "name"]
    assert sheet.rows == [(2, ["x", f"two{end}lines"]), (5, ["y", "Y"])]


def test_text_without_a_row_is_unreadable():
    with pytest.raises(UnreadableSheet):
        sheets.read("\n\n")
