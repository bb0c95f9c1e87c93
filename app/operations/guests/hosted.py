"""Addresses of this very server among those that are invited: they are never guests."""

from flask_babel import gettext as _
from sqlalchemy import select

from app.errors import Invalid, Refusal
from app.extensions import db
from app.models import Account, Address, Domain, Room, RoomKind
from app.operations.rooms.people import add_people
from app.rules import inviting, scope


def bring_in_hosted(actor, room: Room, address: str, domain: Domain) -> None:
    """Add the account behind an address of a domain hosted here, or refuse with the way to do it. Error: Invalid.

    Of another organisation's domain nothing is said but that it is hosted here: not whether the address exists.
    """
    if room.kind is RoomKind.PUBLIC:
        raise Invalid(
            _(
                "This address belongs to this server. Whoever shall be in this room is added to the group "
                "%(group)s, by an administrator.",
                group=room.group.name,
            ),
            code="hosted_in_group",
        )
    if not inviting.may_add_people(actor, room):
        raise Invalid(
            _("This address belongs to this server. An owner of the room can add the person under Members."),
            code="hosted_no_right",
        )
    is_own = domain.id == actor.domain_id or scope.is_server_wide(actor)
    account = _account(address) if is_own else None
    if account is None:
        raise Invalid(
            _("This address belongs to this server. Add the person under Members, or ask an administrator."),
            code="hosted_unknown",
        )
    _add(actor, room, account)


def _add(actor, room: Room, account: Account) -> None:
    try:
        if add_people(actor, room, [account.id]) == 0:
            raise Invalid(_("This person is in the room already."), code="inside")
    except Refusal as refusal:
        raise Invalid(refusal.sentence, code=refusal.code) from refusal


def _account(address: str) -> Account | None:
    """Whoever has the address, or it as an alias."""
    statement = select(Account).join(Address, Address.account_id == Account.id)
    return db.session.scalars(statement.where(Address.address == address)).unique().one_or_none()
