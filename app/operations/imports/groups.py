"""Groups of a table in an order in which each can be made: those that others have as members come first."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import chain

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select

from app.errors import Invalid
from app.extensions import db
from app.models import Account, Address, Domain, Group
from app.operations.groups import (
    UnknownAddresses,
    add_addresses,
    circular_membership,
    create_group,
    update_group,
)
from app.operations.imports import running, table
from app.operations.imports.table import ImportKind, ImportRow
from app.queries.groups.listing import groups_inside
from app.rules.accounts import addresses, names

# Addresses that are told of a circle.
SHOWN = 20


# Searches for circles, each without the rows that the earlier ones have found. A circle that is left after
# so many is refused when its row is done.
PASSES = 100


def inner_first(
    inner: dict[str, list[str]], added: Mapping[str, Collection[str]]
) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """Return the names, what they contain first, and for each that would close a circle the way from it to itself.

    inner: what each name contains, all of them names too. added: what of it is new; one that adds nothing to
    a circle does not close it. What closes one adds nothing, so further circles are looked for without it.
    """
    circles: dict[str, tuple[str, ...]] = {}
    for _pass in range(PASSES):
        order, found = _search(inner, added)
        if not found:
            break
        circles |= found
        inner = {
            name: [inner_name for inner_name in names if name not in found or inner_name not in added[name]]
            for name, names in inner.items()
        }
    return order, circles


def _search(
    inner: dict[str, list[str]], added: Mapping[str, Collection[str]]
) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """Return one walk through all names: their order, and who closes a circle.

    A table is deeper than Python's stack: so no recursion. Of several ways to what has been looked through
    only the first is seen.
    """
    order: list[str] = []
    circles: dict[str, tuple[str, ...]] = {}
    done: set[str] = set()
    for start, first in inner.items():
        if start in done:
            continue
        path, place, rest = [start], {start: 0}, [iter(first)]
        while path:
            following = _next(rest[-1], done)
            if following is None:
                name = path.pop()
                rest.pop()
                place.pop(name)
                done.add(name)
                order.append(name)
            elif following in place:
                circle = _closed(path[place[following] :], added, circles)
                if circle:
                    circles[circle[0]] = _way(circle)
            else:
                place[following] = len(path)
                path.append(following)
                rest.append(iter(inner[following]))
    return order, circles


def _next(names: Iterator[str], done: set[str]) -> str | None:
    return next((name for name in names if name not in done), None)


def _closed(circle: list[str], added: Mapping[str, Collection[str]], refused: dict) -> list[str]:
    """Return a circle, begun with the last name that adds the one behind it; all else was there before.

    Empty where nobody adds anything to it, or where one of those who do is known to be refused.
    """
    size = len(circle)
    adding = [place for place in range(size) if circle[(place + 1) % size] in added.get(circle[place], ())]
    if not adding or any(circle[place] in refused for place in adding):
        return []
    return circle[adding[-1] :] + circle[: adding[-1]]


def _way(circle: list[str]) -> tuple[str, ...]:
    """From the first of a circle over the one it contains back to itself; what is too long is cut in the middle."""
    first, inside = circle[0], circle[1 : SHOWN + 1]
    return (first, *inside, first) if len(circle) <= SHOWN + 1 else (first, *inside, "…", first)


COLUMNS = {
    "address": table.ADDRESS,
    "name": table.NAME,
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


def _make(actor: Account, domain: Domain, row: ImportRow) -> None:
    alias = row.address.rpartition("@")[0]
    group = create_group(actor, domain, name=row.cells.get("name", ""), alias=alias)
    _change(actor, group, row)


def _change(actor: Account, group: Group, row: ImportRow) -> bool:
    values = table.differing(group, _values(row.cells))
    if values:
        update_group(actor, group, values)
    return _add_members(actor, group, row) > 0 or bool(values)


def _values(cells: dict[str, str]) -> dict:
    """Return the values of a row beside address and members, as they are stored.

    Error: Invalid, at the cell.
    """
    values: dict = {}
    if "name" in cells:
        values["name"] = names.checked_name(cells["name"])
    if "description" in cells:
        values["description"] = names.checked_description(cells["description"])
    for column, name in SWITCHES.items():
        if column in cells:
            values[name] = table.value_of_word(column, cells, table.SWITCHES)
    return values


def _add_members(actor: Account, group: Group, row: ImportRow) -> int:
    members = _members(row)
    try:
        count = add_addresses(actor, group, "\n".join(members)) if members else 0
    except UnknownAddresses as refusal:
        unknown = ", ".join(line.text for line in refusal.lines[:UNKNOWN_SHOWN])
        if len(refusal.lines) > UNKNOWN_SHOWN:
            unknown += ", …"
        sentence = _("These members are unknown on this server: %(names)s", names=unknown)
        raise Invalid(sentence, code="unknown_members", field="members") from refusal
    if row.circle:
        # Only now: the way may lead through groups of which those who cannot name its first one may not know.
        raise circular_membership(row.circle[1], row.circle)
    return count


def _members(row: ImportRow) -> list[str]:
    """Return the members that a row names, each once. A whole domain may be written with a leading @."""
    parts = re.split(r"[\s,;]+", row.cells.get("members", ""))
    named = (addresses.normalise(part.strip("<>[]").removeprefix("@")) for part in parts)
    return list(dict.fromkeys(name for name in named if name))


def _arranged(domain_name: str, rows: list[ImportRow]) -> list[ImportRow]:
    """Return groups that others have as members come first, wherever they stand in the table.

    Rows that would put a group inside of itself, through other rows and through what is there already, are
    told so by their circle.
    """
    own_rows = (row for row in rows if row.address and row.address.rpartition("@")[2] == domain_name)
    firsts = {row.address: row for row in own_rows if row.first == row.line}
    members = {address: _members(row) for address, row in firsts.items()}
    stored = groups_inside({*firsts, *chain.from_iterable(members.values())})
    groups = dict.fromkeys(chain(firsts, stored, *stored.values()))
    added = {
        address: [address_of_group for address_of_group in named if address_of_group in groups]
        for address, named in members.items()
    }
    inner = {
        address_of_group: [*added.get(address_of_group, ()), *stored.get(address_of_group, ())]
        for address_of_group in groups
    }
    new = {
        address_of_group: set(named).difference(stored.get(address_of_group, ()))
        for address_of_group, named in added.items()
    }
    order, circles = inner_first(inner, new)
    created = {address for address, row in firsts.items() if "name" in row.cells and address not in circles}
    place = {address: number for number, address in enumerate(order)}
    arranged = [
        replace(
            row,
            promised=frozenset(added.get(row.address, ())) & created,
            circle=circles.get(row.address, ()),
        )
        for row in rows
    ]
    return sorted(arranged, key=lambda row: place.get(row.address, -1))


def _tried(row: ImportRow) -> ImportRow:
    """Return a row without members that other rows create: in a trial these are never there."""
    if not row.promised:
        return row
    there = select(Address.address).where(Address.address.in_(row.promised))
    awaited = row.promised - set(db.session.scalars(there))
    members = " ".join(name for name in _members(row) if name not in awaited)
    return replace(row, cells={**row.cells, "members": members}, is_awaiting=bool(awaited))


running.register(
    ImportKind(
        name="groups",
        titles=(_l("Check an import of groups"), _l("Import groups")),
        label=lambda count: ngettext("Import %(num)s group", "Import %(num)s groups", count),
        columns=COLUMNS,
        find=_find,
        make=_make,
        change=_change,
        arranged=_arranged,
        tried=_tried,
    )
)
