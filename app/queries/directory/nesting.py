"""Which groups stand inside of others, for many groups at once."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.extensions import db
from app.models import EntryKind, Group, MemberEntry

AT_ONCE = 1_000
"""Groups that one statement asks for."""


def groups_inside(addresses: Iterable[str]) -> dict[str, list[str]]:
    """What these groups, and those inside of them, hold: addresses of groups by the address of the one they are in.

    What is no group of ours is passed over. A statement for each thousand groups of a level.
    """
    found, edge = {}, set(addresses)
    seen = set(edge)
    while edge:
        for outer, inner in _held_by(sorted(edge)):
            found.setdefault(outer, []).append(inner)
        edge = {inner for outer in edge for inner in found.get(outer, ())} - seen
        seen |= edge
    return found


def _held_by(addresses: list[str]):
    outer, inner = aliased(Group), aliased(Group)
    statement = (
        select(outer.address, inner.address)
        .join(MemberEntry, MemberEntry.group_id == outer.id)
        .join(inner, inner.id == MemberEntry.inner_group_id)
        .where(MemberEntry.kind == EntryKind.GROUP)
        .order_by(MemberEntry.id)
    )
    for start in range(0, len(addresses), AT_ONCE):
        part = addresses[start : start + AT_ONCE]
        yield from db.session.execute(statement.where(outer.address.in_(part)))
