"""Contact cards."""

from app.extensions import db
from app.integrations import vcard
from app.models import Account, ContactCard
from app.rules.cards import LENGTHS


def card_of(account: Account) -> ContactCard | None:
    """Return an account's card, if anything was ever written on one."""
    return db.session.get(ContactCard, account.id, populate_existing=True)


def facts_of(card: ContactCard | None) -> dict[str, str | None]:
    """Return every field of a card, those of none as well."""
    return {name: getattr(card, name, None) for name in LENGTHS}


def version_of(card: ContactCard | None) -> int:
    """Return the row version that a form remembers; 0 for a card that is not there."""
    return card.row_version if card is not None else 0


def vcard_of(account: Account) -> str:
    """Return an account's card as a file for address books."""
    return vcard.write(facts_of(card_of(account)), name=account.name, address=account.address)
