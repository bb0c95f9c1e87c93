"""Parsing of pasted address lists: "Name <a@b>", commas, semicolons, lines, angle brackets."""

import re
from dataclasses import dataclass

from app.rules import addresses

# One entry of a list: commas and semicolons inside of quotes or brackets separate nothing.
SEPARATORS = re.compile(r"""((?:"(?:[^"\\]|\\.)*"|<[^<>]*>|[^",;<>\n\r]|"|<|>)+)""")

ANGLE = re.compile(r"<([^<>]*)>\s*$")


@dataclass(frozen=True)
class Pasted:
    """One entry: what was typed, and the address in it as it is compared."""

    text: str
    address: str


def entries_of(text: str) -> list[Pasted]:
    """Return the addresses of a pasted list in order, each once."""
    entries: dict[str, Pasted] = {}
    for piece in SEPARATORS.findall(text.replace("\t", " ")):
        for entry in _words(piece.strip()):
            address = addresses.normalise(_bare(entry))
            entries.setdefault(address, Pasted(entry, address))
    return list(entries.values())


def _words(piece: str) -> list[str]:
    """Return the entries of a piece: several where bare addresses are separated only by spaces."""
    words = piece.split()
    is_several = len(words) > 1 and all("@" in word for word in words) and "<" not in piece
    return words if is_several else [piece] if piece else []


def _bare(entry: str) -> str:
    angle = ANGLE.search(entry)
    address = angle.group(1) if angle else entry
    return address.strip().removeprefix("mailto:").strip()
