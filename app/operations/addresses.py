"""The one address space: who takes an address, and that nobody else has it."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.errors import Invalid
from app.extensions import db
from app.models import Account, Address, Group
from app.operations import name_words  # noqa: F401


def require_free_address(address: str, *, owner: Account | Group | None = None) -> None:
    """Refuse an address that somebody else has. owner: who may have it already."""
    row = db.session.scalars(select(Address).where(Address.address == address)).first()
    if row is not None and not _belongs_to(row, owner):
        raise address_taken(address)


def assign_address(owner: Account | Group) -> None:
    """Write an account's or a group's address into the address space, in place of the one it had there."""
    column = _column(owner)
    row = db.session.scalars(select(Address).where(column == owner.id)).first()
    if row is None:
        row = Address(address=owner.address)
        setattr(row, column.key, owner.id)
        db.session.add(row)
    row.address = owner.address


def store_with_address(row, address: str):
    """Write a row that bears an address now. When somebody else was faster with it: Invalid."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
            assign_address(row)
            db.session.flush()
    except IntegrityError as error:
        raise address_taken(address) from error
    return row


def address_taken(address: str) -> Invalid:
    """The refusal of an address that is in use."""
    return Invalid(
        _("%(address)s is already used by an account or a group.", address=address),
        code="address_taken",
        field="alias",
    )


def _column(owner: Account | Group):
    return Address.account_id if isinstance(owner, Account) else Address.group_id


def _belongs_to(row: Address, owner) -> bool:
    return owner is not None and getattr(row, _column(owner).key) == owner.id
