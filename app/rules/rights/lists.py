"""Snapshots of rights lists, in a form that a browser can keep and send back."""

import hashlib
import json
from typing import Any

from sqlalchemy import or_, select

from app.extensions import db
from app.models import FOLDER_SCOPE, ROOM_SCOPE, Account, Folder, Grant, Principal, Room
from app.rules import services
from app.rules.rights import Right
from app.rules.rights.access import as_stored
from app.rules.rights.facts import facts_of_folders
from app.rules.rights.facts import scope_of as scope_of_room

# Stands in a snapshot of a room that has a list of its own.
OWN = "own"


def scope_of(place: Folder | Room) -> tuple[int, int]:
    """Return the scope of the list that applies in a place."""
    return (FOLDER_SCOPE, place.id) if isinstance(place, Folder) else scope_of_room(place)


def key_of(principal: Principal, principal_id: int) -> str:
    """Return the name of a principal in forms: "account:5"."""
    return f"{principal}:{principal_id}"


def snapshot(place: Folder | Room) -> dict[str, int]:
    """Return the rights of every grant that applies in a place, by principal.

    The snapshot also says whether the list is the room's own.
    """
    kind, scope_id = scope_of(place)
    statement = select(Grant.principal, Grant.principal_id, Grant.rights)
    rows = db.session.execute(statement.where(Grant.scope_kind == kind, Grant.scope_id == scope_id))
    grants = {key_of(principal, key): rights for principal, key, rights in rows}
    return grants | ({OWN: 1} if isinstance(place, Room) and place.has_own_list else {})


def marks(folder: Folder, rooms: list[Room]) -> dict[int, str]:
    """Return a digest of each room's own list with its folder's, by room id; it changes when either list does.

    One statement.
    """
    ids = [room.id for room in rooms]
    usual = (Grant.scope_kind == FOLDER_SCOPE) & (Grant.scope_id == folder.id)
    own = (Grant.scope_kind == ROOM_SCOPE) & Grant.scope_id.in_(ids)
    columns = (Grant.scope_kind, Grant.scope_id, Grant.principal, Grant.principal_id, Grant.rights)
    grants: dict[tuple[int, int], list] = {}
    for kind, scope_id, *grant in db.session.execute(select(*columns).where(or_(usual, own))):
        grants.setdefault((kind, scope_id), []).append([str(grant[0]), *grant[1:]])
    inherited = sorted(grants.get((FOLDER_SCOPE, folder.id), []))
    return {key: _mark([inherited, sorted(grants.get((ROOM_SCOPE, key), []))]) for key in ids}


def _mark(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:12]


def rights_in_folder(account: Account, folder: Folder) -> Right:
    """Return an account's rights in a group's TeamChat folder: see it, create rooms in it, change its rights."""
    return rights_in_folders(account, [folder])[folder.id]


def rights_in_folders(account: Account, folders: list[Folder]) -> dict[int, Right]:
    """Return an account's rights in several TeamChat folders, by folder id.

    The number of statements is fixed.
    """
    state = services.state()
    facts = facts_of_folders([as_stored(account)], folders, state)
    return {folder.id: facts.decide(account.id, folder.id).rights for folder in folders}
