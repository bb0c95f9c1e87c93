"""Members by their addresses: a pasted list, of which all or none are added."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parseaddr

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, or_, select

from app.errors import Invalid
from app.extensions import db
from app.models import Account, Address, Domain, EntryKind, Group
from app.operations.groups.members import add_members
from app.rules.accounts import addresses
from app.rules.rights import scope
from app.transaction import operation

# Addresses that are added at once.
ADDRESSES_MAX = 5_000


@dataclass(frozen=True)
class PastedAddress:
    """One address of a pasted list: the number of its line, its text, and the address as it is compared."""

    number: int
    text: str
    address: str


class UnknownAddresses(Invalid):
    """Refusal of a pasted list with addresses that name no account, group or domain. lines: these addresses."""

    code = "unknown_lines"

    def __init__(self, lines: list[PastedAddress]) -> None:
        self.lines = lines
        sentence = ngettext(
            "%(num)s line matches no account, group or domain on this server. Nobody was added.",
            "%(num)s lines match no account, group or domain on this server. Nobody was added.",
            len(lines),
        )
        super().__init__(sentence, field="addresses")


@operation
def add_addresses(actor: Account, group: Group, text: str) -> int:
    """Add accounts, groups and domains by address, one a line. Return the number of new entries.

    Errors: UnknownAddresses; those of add_members. Nobody is added then.
    """
    group = scope.find_group(actor, group.id)
    pasted = _pasted_addresses(text)
    principals = _principals(actor, group, {line.address for line in pasted})
    unknown = [line for line in pasted if line.address not in principals]
    if unknown:
        raise UnknownAddresses(unknown)
    return add_members(actor, group, list(dict.fromkeys(principals[line.address] for line in pasted)))


def _pasted_addresses(text: str) -> list[PastedAddress]:
    pasted = [
        PastedAddress(number, part.strip(), _compared_address(part))
        for number, line in enumerate(text.splitlines(), 1)
        for part in re.split(r"[;,\t]", line)
        if part.strip()
    ]
    if len(pasted) > ADDRESSES_MAX:
        raise Invalid(
            _(
                "At most %(most)s addresses at once; you gave %(count)s.",
                most=ADDRESSES_MAX,
                count=len(pasted),
            ),
            code="too_many_lines",
            field="addresses",
        )
    return pasted


def _compared_address(text: str) -> str:
    """Return the normalised address out of "Name <address>", "[group]" or the address alone."""
    return addresses.normalise(parseaddr(text)[1] if "<" in text else text.strip().strip("[]"))


def _principals(actor: Account, group: Group, names: Iterable[str]) -> dict[str, tuple[EntryKind, int]]:
    """Return the accounts, groups and domains of these addresses within the actor's scope, by two statements."""
    domains = select(Domain.name, Domain.id).where(Domain.name.in_(names), scope.of_members(actor, group))
    principals = {name: (EntryKind.DOMAIN, domain_id) for name, domain_id in db.session.execute(domains)}
    statement = (
        select(Address.address, Address.account_id, Address.group_id)
        .outerjoin(Account, Account.id == Address.account_id)
        .outerjoin(Group, Group.id == Address.group_id)
        .join(Domain, Domain.id == func.coalesce(Account.domain_id, Group.domain_id))
        .where(Address.address.in_(names), scope.of_members(actor, group))
        .where(or_(Account.id.is_(None), ~Account.is_guest))
    )
    for address, account_id, group_id in db.session.execute(statement):
        if account_id is not None:
            principals[address] = (EntryKind.ACCOUNT, account_id)
        elif group_id is not None:
            principals[address] = (EntryKind.GROUP, group_id)
    return principals
