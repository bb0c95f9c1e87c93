"""The address space that accounts and groups share: an address belongs to one of them."""

from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute

from app.errors import Invalid
from app.extensions import db
from app.models import INTERNAL_DOMAIN, Account, Address, Domain, Group

Owner = TypeVar("Owner", Account, Group)


def require_free_address(address: str, *, owner: Account | Group | None = None) -> None:
    """Refuse an address that is in use, except by this owner. Error: Invalid."""
    row = db.session.scalars(select(Address).where(Address.address == address)).first()
    if row is not None and not _belongs_to(row, owner):
        raise address_taken(address)


def assign_address(owner: Account | Group) -> None:
    """Write an owner's address into the address space, in place of its previous one."""
    column = _owner_column(owner)
    row = db.session.scalars(select(Address).where(column == owner.id)).first()
    if row is None:
        row = Address(address=owner.address)
        setattr(row, column.key, owner.id)
        db.session.add(row)
    row.address = owner.address


def store_with_address(owner: Owner, address: str) -> Owner:
    """Flush an account or a group and its address. Error: Invalid if another one has taken the address meanwhile."""
    try:
        with db.session.begin_nested():
            db.session.add(owner)
            db.session.flush()
            assign_address(owner)
            db.session.flush()
    except IntegrityError as error:
        raise address_taken(address) from error
    return owner


def address_taken(address: str) -> Invalid:
    """Return the refusal of an address that is in use."""
    return Invalid(
        _("%(address)s is already used by an account or a group.", address=address),
        code="address_taken",
        field="alias",
    )


def _owner_column(owner: Account | Group) -> InstrumentedAttribute[int | None]:
    return Address.account_id if isinstance(owner, Account) else Address.group_id


def _belongs_to(row: Address, owner: Account | Group | None) -> bool:
    return owner is not None and getattr(row, _owner_column(owner).key) == owner.id


def ensure_internal_domain() -> Domain:
    """Return the internal domain; it is inserted if this server has none yet."""
    statement = select(Domain).where(Domain.name == INTERNAL_DOMAIN)
    domain = db.session.scalars(statement).one_or_none()
    if domain is not None:
        return domain
    # Being a guest decides about a guest's features: the domain itself has all of them.
    switches = {"has_groupware": True, "has_webdav": True, "has_teamchat": True}
    try:
        with db.session.begin_nested():
            domain = Domain(name=INTERNAL_DOMAIN, is_internal=True, **switches)
            db.session.add(domain)
    except IntegrityError:
        domain = db.session.scalars(statement).one()
    return domain
