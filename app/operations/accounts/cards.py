"""Changes of contact cards."""

from typing import Any

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
def update_card(
    actor: Account, account: Account, values: dict[str, Any], seen_version: int | None = None
) -> ContactCard:
    """Change the contact card of an account within the actor's scope.

    seen_version: the version that the form showed, 0 if there was no card yet.
    Errors: NotFound, Forbidden, Invalid, Conflict.
    """
    return write_card(actor, lock_account(actor, account), values, seen_version)


@operation
def write_card(
    actor: Account, account: Account, values: dict[str, Any], seen_version: int | None = None
) -> ContactCard:
    """Change a contact card like update_card. The caller has checked that the actor may: guests, own account."""
    checked_values = cards.checked(values)
    card = _locked_card(account)
    if seen_version is not None and (card.row_version or 0) != seen_version:
        raise Conflict()
    before, after = audit.changes(card, checked_values)
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
    """Return the card as stored now, locked, or a new one."""
    statement = select(ContactCard).where(ContactCard.account_id == account.id).with_for_update()
    card = db.session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()
    return card or ContactCard(account_id=account.id)
