"""Tables that people bring along as text: CSV with whatever separator and encoding their spreadsheet chose."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

SEPARATORS = (",", ";", "\t")
WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


SURPLUS = "surplus cells"
"""The name of what stands beyond the last column; titles of columns are trimmed and known, so none is called so."""


class UnreadableSheet(ValueError):
    """It is no table; the text says in a word why: empty, binary, broken."""


class TooManyRows(ValueError):
    """An error: the table has more rows than are read."""


@dataclass(frozen=True)
class Sheet:
    """A table's head and its rows, each with the number of the line it begins on."""

    head: list[str]
    rows: list[tuple[int, list[str]]]
    separator: str

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Every row by the head's names; what a short row has not is empty, what a long one has more is its SURPLUS."""
        width = len(self.head)
        for line, cells in self.rows:
            filled = [*cells[:width], *[""] * (width - len(cells))]
            surplus = self.separator.join(cell for cell in cells[width:] if cell)
            yield line, dict(zip(self.head, filled, strict=True)) | ({SURPLUS: surplus} if surplus else {})


def decode(data: bytes) -> tuple[str, str]:
    """The text of a file, and its encoding: "utf-8", "utf-16", else "latin-1", which reads anything.

    What spreadsheets on Windows call Latin-1 has more signs than the standard does. Error: Unreadable.
    """
    if data[:2] in WIDE:
        return _strict(data, "utf-16"), "utf-16"
    if b"\0" in data:
        raise UnreadableSheet("binary")
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), "latin-1"


def read(text: str, most: int | None = None) -> Sheet:
    """The table that stands in a text; empty lines do not count. Errors: Unreadable; TooManyRows, when there are more
    than `most` rows below the head: nothing is read beyond them.
    """
    separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    head, rows, first = None, [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                cells = [cell.strip() for cell in cells]
                if head is None:
                    head = [cell.lower() for cell in cells]
                elif len(rows) == most:
                    raise TooManyRows(most)
                else:
                    rows.append((first, cells))
            first = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableSheet("broken") from error
    if head is None:
        raise UnreadableSheet("empty")
    return Sheet(head, rows, separator)


def _separator(text: str) -> str:
    """The separator that the first line has most of, quoted parts aside."""
    line = next((line for line in io.StringIO(text, newline="") if line.strip()), "")
    bare = "".join(line.split('"')[::2])
    return max(SEPARATORS, key=bare.count)


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableSheet("binary") from error
