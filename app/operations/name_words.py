"""Words of names and addresses are kept up with accounts, guests and groups, in the transaction that writes those.

Whatever operation names somebody, the words follow when the row is written; who was there before is taken in by the
worker. `app.operations.addresses` imports this module, so it is there wherever an address is given.
"""

from sqlalchemy import delete, event, insert, inspect, select
from sqlalchemy.orm import Session

from app.extensions import db
from app.models import Account, AccountState, Group, NamedKind, NameWord
from app.text import words
from app.transaction import operation

WATCHED = {
    Account: ("name", "address", "state", "domain_id", "sponsor_id", "is_guest"),
    Group: ("name", "address", "domain_id"),
}
MOST = 20
"""Words of one name and address that are kept."""

BATCH = 1000
KINDS = {
    NamedKind.ACCOUNT: (Account, False),
    NamedKind.GUEST: (Account, True),
    NamedKind.GROUP: (Group, None),
}


@operation(audited=False)
def take_in_names() -> int:
    """Take in who has no words yet: those who were there before there were any. Returns how many."""
    return sum(_take_in(kind, model, is_guest) for kind, (model, is_guest) in KINDS.items())


def _take_in(kind: NamedKind, model, is_guest: bool | None) -> int:
    known = select(NameWord.object_id).where(NameWord.kind == kind, NameWord.object_id == model.id).exists()
    statement = select(model).where(~known).order_by(model.id).limit(BATCH)
    if is_guest is not None:
        statement = statement.where(model.is_guest.is_(is_guest), model.state != AccountState.DELETED)
    rows = db.session.scalars(statement).all()
    lines = [line for row in rows for line in _lines(db.session, row)]
    if lines:
        db.session.execute(insert(NameWord), lines)
    return len(rows)


@event.listens_for(Session, "after_flush")
def _follow(session: Session, _context) -> None:
    changed = [row for row in session.dirty if _is_named_anew(row)]
    named = [row for row in session.new if type(row) in WATCHED]
    gone = [row for row in session.deleted if type(row) in WATCHED]
    for row in changed + gone:
        _forget(session, row)
    lines = [line for row in named + changed for line in _lines(session, row)]
    if lines:
        session.execute(insert(NameWord), lines)


def _is_named_anew(row) -> bool:
    state = inspect(row)
    return any(state.attrs[name].history.has_changes() for name in WATCHED.get(type(row), ()))


def _forget(session: Session, row) -> None:
    kinds = [NamedKind.GROUP] if isinstance(row, Group) else [NamedKind.ACCOUNT, NamedKind.GUEST]
    gone = delete(NameWord).where(NameWord.kind.in_(kinds), NameWord.object_id == row.id)
    session.execute(gone, execution_options={"synchronize_session": False})


def _lines(session: Session, row) -> list[dict]:
    """The rows of somebody's words; who was deleted has none. The whole domain of an address is a word as well."""
    if getattr(row, "state", None) is AccountState.DELETED:
        return []
    alias, _at, host = row.address.rpartition("@")
    found = sorted({word[:64] for text in (row.name, alias, host) for word in words.words_of(text or "")})[
        :MOST
    ]
    about = {"kind": _kind(row), "object_id": row.id, "domain_id": _domain_of(session, row)}
    return [{**about, "word": word} for word in found]


def _kind(row) -> NamedKind:
    if isinstance(row, Group):
        return NamedKind.GROUP
    return NamedKind.GUEST if row.is_guest else NamedKind.ACCOUNT


def _domain_of(session: Session, row) -> int:
    """Guests are found by those who administer the domain of whoever answers for them."""
    sponsor_id = getattr(row, "sponsor_id", None)
    if not sponsor_id:
        return row.domain_id
    return session.scalar(select(Account.domain_id).where(Account.id == sponsor_id)) or row.domain_id
