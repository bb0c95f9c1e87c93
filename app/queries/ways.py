"""Ways in which people are in a group, in words, for a page at once.

Administrators see them whole, members as far as they know them.
"""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from app.extensions import db
from app.models import Account, Domain, EntryKind, Group, Principal
from app.rules.addresses import readable
from app.rules.membership import Way
from app.rules.rights.audience import ways_in
from app.rules.rights.explanation import names_of

# Ways of being in that a row tells.
WAYS_SHOWN = 3


@dataclass(frozen=True)
class Ways:
    """First ways in which a person is in a group, in words, and the number of further ones."""

    texts: list[str]
    more: int


def ways_of(accounts: list[Account], group: Group) -> dict[int, Ways]:
    """Return the ways of each account, down to the entry, for administrators. Four statements."""
    found = ways_in(accounts, group.id)
    ids = {(Principal.GROUP, key) for ways in found.values() for way in ways for key in way.group_ids}
    names = names_of(ids)
    return {key: _first([_whole(way, names) for way in ways]) for key, ways in found.items()}


def ways_for_members(accounts: list[Account], group: Group) -> dict[int, Ways]:
    """Return the ways of each account as members know them: by the group's own entries. Five statements."""
    found = ways_in(accounts, group.id)
    inner = {way.group_ids[1] for ways in found.values() for way in ways if len(way.group_ids) > 1}
    groups, domains = _names(Group, inner), _names(Domain, {account.domain_id for account in accounts})
    return {
        account.id: _first([_outer(way, account, group, groups, domains) for way in found[account.id]])
        for account in accounts
        if account.id in found
    }


def _first(texts: list[str]) -> Ways:
    texts = list(dict.fromkeys(texts))
    return Ways(texts[:WAYS_SHOWN], max(0, len(texts) - WAYS_SHOWN))


def _whole(way: Way, names: dict) -> str:
    path = " → ".join(readable(names[Principal.GROUP, key]) for key in way.group_ids)
    if way.kind is EntryKind.DOMAIN:
        return _("By the whole domain in %(path)s", path=path)
    return _("By an own entry in %(path)s", path=path)


def _outer(way: Way, account: Account, group: Group, groups: dict, domains: dict) -> str:
    """Return the entry of the group that brings a person in; the contents of inner groups are not revealed."""
    if len(way.group_ids) > 1:
        return _("Through the group %(group)s", group=groups[way.group_ids[1]])
    if way.kind is EntryKind.DOMAIN:
        return _("Through the whole domain %(domain)s", domain=readable(domains[account.domain_id]))
    return _("Member of %(group)s", group=group.name)


def _names(model, ids) -> dict[int, str]:
    return (
        dict(db.session.execute(select(model.id, model.name).where(model.id.in_(ids))).all()) if ids else {}
    )
