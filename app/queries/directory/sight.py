"""Who can be put on a list of rights by somebody who holds that right in a room and administers nothing."""

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from app.extensions import db
from app.models import Account, Domain, EntryKind, Group
from app.queries import room_people
from app.queries.directory.domains import matches
from app.queries.directory.picker import SHOWN, Candidate
from app.queries.name_index import names_match
from app.rules import managing

MODELS = {EntryKind.ACCOUNT: Account, EntryKind.DOMAIN: Domain, EntryKind.GROUP: Group}


def candidates_by_sight(actor, kind: EntryKind, search: str = "") -> tuple[list[Candidate], bool]:
    """The first candidates of a kind that a person may know of, and whether there are more."""
    if kind is EntryKind.ACCOUNT:
        people = room_people.candidates(actor, None, search)
        return [_candidate(kind, one) for one in people], len(people) == room_people.SHOWN
    model = MODELS[kind]
    wanted = matches(search) if kind is EntryKind.DOMAIN else names_match(model, search)
    statement = _seen(actor, model).where(wanted).order_by(model.name, model.id)
    rows = db.session.scalars(statement.limit(SHOWN + 1)).all()
    return [_candidate(kind, row) for row in rows[:SHOWN]], len(rows) > SHOWN


def chosen_by_sight(actor, principals: list[tuple[EntryKind, int]]) -> list[Candidate]:
    """What was chosen so far, as far as a person may know of it, in the order it was chosen."""
    known = {}
    for kind, model in MODELS.items():
        ids = [key for asked, key in principals if asked is kind]
        rows = db.session.scalars(_seen(actor, model).where(model.id.in_(ids))) if ids else ()
        known |= {(kind, row.id): _candidate(kind, row) for row in rows}
    return [known[principal] for principal in principals if principal in known]


def _seen(actor, model):
    statement = select(model).where(managing.in_sight(actor, model))
    return statement if model is Domain else statement.options(lazyload(model.domain))


def _candidate(kind: EntryKind, row) -> Candidate:
    detail = row.description if kind is EntryKind.DOMAIN else row.address
    return Candidate(kind, row.id, row.name, detail)
