"""What is written on somebody's contact card."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.errors import Conflict
from app.extensions import db
from app.models import Account, ContactCard
from app.operations import audit, versions
from app.operations.accounts.editing import lock_account
from app.rules import cards
from app.transaction import operation


@operation
def update_card(actor, account: Account, values: dict, seen_version: int | None = None) -> ContactCard:
    """Write on the card of an account of one's scope. seen_version: of the form the values come from, 0 for a card
    that was not there. Errors: NotFound, Forbidden, Invalid, Conflict."""
    return write_card(actor, lock_account(actor, account), values, seen_version)


@operation
def write_card(actor, account: Account, values: dict, seen_version: int | None = None) -> ContactCard:
    """The same for who has checked that the actor may: a guest's card, or one's own."""
    wanted = cards.checked(values)
    card = _locked_card(account)
    if seen_version is not None and (card.row_version or 0) != seen_version:
        raise Conflict()
    before, after = audit.changes(card, wanted)
    if not after:
        return card
    versions.apply_values(card, after)
    db.session.add(card)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict() from error
    audit.record(actor, "account.card", account, before=before, after=after)
    return card


def _locked_card(account: Account) -> ContactCard:
    """The card as the database has it now, or a new one."""
    statement = select(ContactCard).where(ContactCard.account_id == account.id).with_for_update()
    found = db.session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()
    return found or ContactCard(account_id=account.id)
