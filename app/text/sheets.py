"""Uploaded tables: CSV in the separators and encodings that spreadsheets use."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

SEPARATORS = (",", ";", "\t")
WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}

# The name for cells beyond the last column. No column has it: known titles differ from it.
SURPLUS = "surplus cells"


class UnreadableSheet(ValueError):
    """The text is no table. The argument gives the reason: empty, binary or broken."""


class TooManyRows(ValueError):
    """The table has more rows than are read."""


@dataclass(frozen=True)
class Sheet:
    """The header of a table and its rows, each with the number of its first line."""

    head: list[str]
    rows: list[tuple[int, list[str]]]
    separator: str

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield each row by column name. Missing cells are empty, additional ones are its SURPLUS."""
        width = len(self.head)
        for line, cells in self.rows:
            filled = [*cells[:width], *[""] * (width - len(cells))]
            surplus = self.separator.join(cell for cell in cells[width:] if cell)
            yield line, dict(zip(self.head, filled, strict=True)) | ({SURPLUS: surplus} if surplus else {})


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of a file and its encoding: "utf-8", "utf-16", else "latin-1". Error: UnreadableSheet.

    "latin-1" is decoded as Windows-1252, which spreadsheets mean by it.
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
    """Return the table in a text, without empty lines.

    Errors: UnreadableSheet; TooManyRows, if there are more than `most` rows below the header, beyond which nothing is
    read.
    """
    separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    head: list[str] | None = None
    rows: list[tuple[int, list[str]]] = []
    first = 1
    try:
        for raw_cells in reader:
            cells = [cell.strip() for cell in raw_cells]
            if any(cells):
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
    """Return the most frequent separator of the first line, outside of quotes."""
    line = next((line for line in io.StringIO(text, newline="") if line.strip()), "")
    bare = "".join(line.split('"')[::2])
    return max(SEPARATORS, key=bare.count)


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableSheet("binary") from error
