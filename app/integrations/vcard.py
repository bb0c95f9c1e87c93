"""vCard 4.0 (RFC 6350) export of contact cards."""

import re
import uuid

# Octets of a line without its end (RFC 6350 §3.2).
LINE_OCTETS = 75

PHONES = (("work_phone", "work,voice"), ("mobile_phone", "cell"), ("home_phone", "home,voice"))


def write(facts: dict[str, str | None], *, name: str, address: str) -> str:
    """Return a person's card. facts: values by column name of ContactCard; empty ones are left out."""
    values = {key: value for key, value in facts.items() if value}
    lines = ["BEGIN:VCARD", "VERSION:4.0", "KIND:individual", f"UID:{_uid(address)}", f"FN:{escaped(name)}"]
    if "first_name" in values or "last_name" in values:
        lines.append(_joined("N", values, ("last_name", "first_name", "", "", "")))
    lines.append(f"EMAIL;TYPE=work;PREF=1:{escaped(address)}")
    lines += _optional(values, "other_email", "EMAIL")
    lines += [line for field, kind in PHONES for line in _optional(values, field, _phone(kind))]
    lines += _optional(values, "title", "TITLE")
    if "organisation" in values or "department" in values:
        organisation = ("organisation", "department") if "department" in values else ("organisation",)
        lines.append(_joined("ORG", values, organisation))
    address_fields = ("", "", "street", "city", "region", "postal_code", "country")
    if any(field in values for field in address_fields):
        lines.append(_joined("ADR;TYPE=work", values, address_fields))
    if "website" in values:
        lines.append("URL:" + "".join(values["website"].split()))
    lines += _optional(values, "notes", "NOTE")
    return "".join(f"{folded(line)}\r\n" for line in [*lines, "END:VCARD"])


def escaped(text: str) -> str:
    """Escape backslashes, commas, semicolons and line breaks of a text value (RFC 6350 §3.4)."""
    plain = text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return re.sub(r"\r\n|\r|\n", r"\\n", plain)


def folded(line: str) -> str:
    """Fold a line after each 75 octets, never inside a character. Continuation lines begin with a space."""
    pieces, rest, available = [], line.encode(), LINE_OCTETS
    while len(rest) > available:
        cut = available
        while rest[cut] & 0xC0 == 0x80:
            cut -= 1
        pieces.append(rest[:cut])
        rest, available = rest[cut:], LINE_OCTETS - 1
    return b"\r\n ".join([*pieces, rest]).decode()


def _joined(name: str, values: dict[str, str], fields: tuple[str, ...]) -> str:
    return f"{name}:{';'.join(escaped(values.get(field, '')) for field in fields)}"


def _optional(values: dict[str, str], field: str, name: str) -> list[str]:
    return [f"{name}:{escaped(values[field])}"] if field in values else []


def _phone(kind: str) -> str:
    return f'TEL;VALUE=text;TYPE="{kind}"' if "," in kind else f"TEL;VALUE=text;TYPE={kind}"


def _uid(address: str) -> str:
    """Return an identifier that is the same in every export of this person's card."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'mailto:{address}')}"
