"""Rights lists as they stand: what counts in a place, in a form that a browser can remember and hand back."""

from sqlalchemy import select

from app.extensions import db
from app.models import FOLDER_SCOPE, Folder, Grant, Principal, Room
from app.rules import standing

OWN = "own"
"""Stands in a snapshot of a room that has a list of its own."""


def scope_of(place: Folder | Room) -> tuple[int, int]:
    """Where the list stands that counts in a place."""
    return (FOLDER_SCOPE, place.id) if isinstance(place, Folder) else standing.scope_of(place)


def key_of(principal: Principal, principal_id: int) -> str:
    """How forms name a principal: "account:5"."""
    return f"{principal}:{principal_id}"


def snapshot(place: Folder | Room) -> dict[str, int]:
    """The rights of every line that counts in a place, by principal, and whether the list is the room's own."""
    kind, scope_id = scope_of(place)
    statement = select(Grant.principal, Grant.principal_id, Grant.rights)
    rows = db.session.execute(statement.where(Grant.scope_kind == kind, Grant.scope_id == scope_id))
    lines = {key_of(principal, key): rights for principal, key, rights in rows}
    return lines | ({OWN: 1} if isinstance(place, Room) and place.has_own_list else {})
