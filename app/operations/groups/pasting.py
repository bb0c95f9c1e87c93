"""Members by their addresses: a pasted list, taken whole or not at all."""

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
from app.rules import addresses, scope
from app.transaction import operation

ADDRESSES_MAX = 5_000
"""Addresses that are taken at once."""


@dataclass(frozen=True)
class UnknownAddress:
    """A line that names nobody: its number, and what stands there."""

    number: int
    text: str


class UnknownAddresses(Invalid):
    """Some lines of a pasted list name nobody."""

    code = "unknown_lines"

    def __init__(self, lines: list[UnknownAddress]):
        self.lines = lines
        sentence = ngettext(
            "%(num)s line names nobody of this server. Nobody was added.",
            "%(num)s lines name nobody of this server. Nobody was added.",
            len(lines),
        )
        super().__init__(sentence, field="addresses")


@operation
def add_addresses(actor, group: Group, text: str) -> int:
    """Add accounts, groups and domains by address, one a line. Errors: UnknownLines; then nobody is added."""
    group = scope.find_group(actor, group.id)
    lines = _lines(text)
    known = _known(actor, group, {name for _number, _text, name in lines})
    unknown = [UnknownAddress(number, text) for number, text, name in lines if name not in known]
    if unknown:
        raise UnknownAddresses(unknown)
    return add_members(actor, group, list(dict.fromkeys(known[name] for *_, name in lines)))


def _lines(text: str) -> list[tuple[int, str, str]]:
    """What was pasted: number of the line, text, address as it is compared."""
    found = [
        (number, part.strip(), _address(part))
        for number, line in enumerate(text.splitlines(), 1)
        for part in re.split(r"[;,\t]", line)
        if part.strip()
    ]
    if len(found) > ADDRESSES_MAX:
        raise Invalid(
            _(
                "%(most)s addresses at once at most; these are %(count)s.",
                most=ADDRESSES_MAX,
                count=len(found),
            ),
            code="too_many_lines",
            field="addresses",
        )
    return found


def _address(text: str) -> str:
    """An address out of "Name <address>", "[group]" or the address alone."""
    return addresses.normalise(parseaddr(text)[1] if "<" in text else text.strip().strip("[]"))


def _known(actor, group: Group, names: Iterable[str]) -> dict[str, tuple[EntryKind, int]]:
    """Whom these addresses name within the actor's scope. Two statements."""
    domains = select(Domain.name, Domain.id).where(Domain.name.in_(names), scope.of_members(actor, group))
    found = {name: (EntryKind.DOMAIN, key) for name, key in db.session.execute(domains)}
    statement = (
        select(Address.address, Address.account_id, Address.group_id)
        .outerjoin(Account, Account.id == Address.account_id)
        .outerjoin(Group, Group.id == Address.group_id)
        .join(Domain, Domain.id == func.coalesce(Account.domain_id, Group.domain_id))
        .where(Address.address.in_(names), scope.of_members(actor, group))
        .where(or_(Account.id.is_(None), ~Account.is_guest))
    )
    for address, account_id, group_id in db.session.execute(statement):
        found[address] = (EntryKind.ACCOUNT, account_id) if account_id else (EntryKind.GROUP, group_id)
    return found
