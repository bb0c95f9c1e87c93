"""vCard 4.0 (RFC 6350): a person's card as a file that address books read."""

import re
import uuid

FOLDED = 75
"""Octets of a line, its end excepted (RFC 6350 §3.2)."""

PHONES = (("work_phone", "work,voice"), ("mobile_phone", "cell"), ("home_phone", "home,voice"))


def write(facts: dict[str, str | None], *, name: str, address: str) -> str:
    """The card of somebody. facts: by the names of ContactCard's columns; what is empty is left out."""
    known = {key: value for key, value in facts.items() if value}
    lines = ["BEGIN:VCARD", "VERSION:4.0", "KIND:individual", f"UID:{_uid(address)}", f"FN:{escaped(name)}"]
    if "first_name" in known or "last_name" in known:
        lines.append(_joined("N", known, ("last_name", "first_name", "", "", "")))
    lines.append(f"EMAIL;TYPE=work;PREF=1:{escaped(address)}")
    lines += _if_known(known, "other_email", "EMAIL")
    lines += [line for field, kind in PHONES for line in _if_known(known, field, _phone(kind))]
    lines += _if_known(known, "title", "TITLE")
    if "organisation" in known or "department" in known:
        parts = ("organisation", "department") if "department" in known else ("organisation",)
        lines.append(_joined("ORG", known, parts))
    parts = ("", "", "street", "city", "region", "postal_code", "country")
    if any(part in known for part in parts):
        lines.append(_joined("ADR;TYPE=work", known, parts))
    if "website" in known:
        lines.append("URL:" + "".join(known["website"].split()))
    lines += _if_known(known, "notes", "NOTE")
    return "".join(f"{folded(line)}\r\n" for line in [*lines, "END:VCARD"])


def escaped(text: str) -> str:
    """A text value: backslash, comma, semicolon and line break are escaped (RFC 6350 §3.4)."""
    plain = text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return re.sub(r"\r\n|\r|\n", r"\\n", plain)


def folded(line: str) -> str:
    """A line cut where it is longer than 75 octets, never inside of a character; what follows begins with a space."""
    pieces, rest, room = [], line.encode(), FOLDED
    while len(rest) > room:
        cut = room
        while rest[cut] & 0xC0 == 0x80:
            cut -= 1
        pieces.append(rest[:cut])
        rest, room = rest[cut:], FOLDED - 1
    return b"\r\n ".join([*pieces, rest]).decode()


def _joined(name: str, known: dict, fields: tuple[str, ...]) -> str:
    return f"{name}:{';'.join(escaped(known.get(field, '')) for field in fields)}"


def _if_known(known: dict, field: str, name: str) -> list[str]:
    return [f"{name}:{escaped(known[field])}"] if field in known else []


def _phone(kind: str) -> str:
    return f'TEL;VALUE=text;TYPE="{kind}"' if "," in kind else f"TEL;VALUE=text;TYPE={kind}"


def _uid(address: str) -> str:
    """The same for a person whenever their card is exported."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'mailto:{address}')}"
