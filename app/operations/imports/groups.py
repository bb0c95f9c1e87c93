"""Groups from a table, with members that are added to those they have."""

import re
from dataclasses import replace
from itertools import chain

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.errors import Invalid
from app.extensions import db
from app.models import Address, Domain, Group
from app.operations import groups as verbs
from app.operations.imports import columns, running
from app.operations.imports.kinds import Kind, Row
from app.operations.imports.order import inner_first
from app.queries.directory.nesting import groups_inside
from app.rules import addresses, names

COLUMNS = {
    "address": columns.ADDRESS,
    "name": columns.NAME,
    "description": ("description",),
    "public_folder": ("public_folder", "public folder", "dossier public"),
    "teamchat": ("teamchat",),
    "members": ("members", "membres"),
}
SWITCHES = {"public_folder": "has_public_folder", "teamchat": "has_teamchat"}
UNKNOWN_SHOWN = 5


def _find(domain: Domain, address: str) -> Group | None:
    statement = select(Group).where(Group.address == address, Group.domain_id == domain.id)
    return db.session.scalars(statement).one_or_none()


def _make(actor, domain: Domain, row: Row) -> None:
    alias = row.address.rpartition("@")[0]
    group = verbs.create_group(actor, domain, name=row.cells.get("name", ""), alias=alias)
    _change(actor, group, row)


def _change(actor, group: Group, row: Row) -> bool:
    wanted = columns.differing(group, _values(row.cells))
    if wanted:
        verbs.update_group(actor, group, wanted)
    return _add_members(actor, group, row) > 0 or bool(wanted)


def _values(cells: dict[str, str]) -> dict:
    """What a row wants of a group beside its address and members, as it is stored. Error: Invalid, at the cell."""
    values = {}
    if "name" in cells:
        values["name"] = names.checked_name(cells["name"])
    if "description" in cells:
        values["description"] = names.checked_description(cells["description"])
    for column, name in SWITCHES.items():
        if column in cells:
            values[name] = columns.word(column, cells, columns.SWITCHES)
    return values


def _add_members(actor, group: Group, row: Row) -> int:
    wanted = _members(row)
    try:
        count = verbs.add_addresses(actor, group, "\n".join(wanted)) if wanted else 0
    except verbs.UnknownAddresses as refusal:
        unknown = ", ".join(line.text for line in refusal.lines[:UNKNOWN_SHOWN])
        if len(refusal.lines) > UNKNOWN_SHOWN:
            unknown += ", …"
        sentence = _("Among the members these name nobody of this server: %(names)s", names=unknown)
        raise Invalid(sentence, code="unknown_members", field="members") from refusal
    if row.circle:
        # Only now: the way may lead through groups of which those who cannot name its first one may not know.
        raise verbs.circular_membership(row.circle[1], row.circle)
    return count


def _members(row: Row) -> list[str]:
    """Whom a row's cell names, each once. A whole domain may be written with an @ in front."""
    parts = re.split(r"[\s,;]+", row.cells.get("members", ""))
    named = (addresses.normalise(part.strip("<>[]").removeprefix("@")) for part in parts)
    return list(dict.fromkeys(name for name in named if name))


def _arranged(domain_name: str, rows: list[Row]) -> list[Row]:
    """Groups that others have as members come first, wherever they stand in the table. Rows that would put a group
    inside of itself, through other rows and through what is there already, are told so by their circle."""
    ours = (row for row in rows if row.address and row.address.rpartition("@")[2] == domain_name)
    firsts = {row.address: row for row in ours if row.first == row.line}
    members = {address: _members(row) for address, row in firsts.items()}
    stored = groups_inside({*firsts, *chain.from_iterable(members.values())})
    groups = dict.fromkeys(chain(firsts, stored, *stored.values()))
    added = {address: [one for one in named if one in groups] for address, named in members.items()}
    inner = {one: [*added.get(one, ()), *stored.get(one, ())] for one in groups}
    new = {one: set(named).difference(stored.get(one, ())) for one, named in added.items()}
    order, circles = inner_first(inner, new)
    made = {address for address, row in firsts.items() if "name" in row.cells and address not in circles}
    place = {address: number for number, address in enumerate(order)}
    arranged = [
        replace(
            row,
            promised=frozenset(added.get(row.address, ())) & made,
            circle=circles.get(row.address, ()),
        )
        for row in rows
    ]
    return sorted(arranged, key=lambda row: place.get(row.address, -1))


def _tried(row: Row) -> Row:
    """A row without the members that other rows make: while each row is taken back again, they are never there."""
    if not row.promised:
        return row
    there = select(Address.address).where(Address.address.in_(row.promised))
    awaited = row.promised - set(db.session.scalars(there))
    members = " ".join(name for name in _members(row) if name not in awaited)
    return replace(row, cells={**row.cells, "members": members}, is_awaiting=bool(awaited))


running.register(
    Kind(
        name="groups",
        titles=(_l("Try an import of groups"), _l("Import groups")),
        columns=COLUMNS,
        find=_find,
        make=_make,
        change=_change,
        arranged=_arranged,
        tried=_tried,
    )
)
