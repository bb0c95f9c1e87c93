"""Who can be chosen as a member of a group."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from app.extensions import db
from app.models import CLOSED, Account, Domain, EntryKind, Group, MemberEntry
from app.queries.directory.domains import matches
from app.queries.name_index import names_match
from app.rules import membership, scope

SHOWN = 30
"""Candidates shown at once; whoever looks for somebody else types."""


@dataclass(frozen=True)
class Candidate:
    """Somebody or something that can be a member. is_in: is one already. is_circle: contains this group."""

    kind: EntryKind
    id: int
    name: str
    detail: str | None
    is_in: bool = False
    is_circle: bool = False


def member_candidates(
    actor, group: Group | None, kind: EntryKind, search: str = "", domain: Domain | None = None
) -> tuple[list[Candidate], bool]:
    """The first candidates of a kind in the actor's scope, and whether there are more. Three statements.

    group: whose members they may become, none where it is about something else. domain: whose accounts are looked
    through; the group's own unless told otherwise.
    """
    within = scope.of_members(actor, group) if group else scope.of_domains(actor)
    statement = _statement(within, kind, domain or group.domain, search.strip())
    rows = db.session.scalars(statement.limit(SHOWN + 1)).unique().all()
    there = _there(group, kind, [row.id for row in rows]) if group else set()
    circles = membership.containing_groups(group.id) if group and kind is EntryKind.GROUP else frozenset()
    shown = [_candidate(kind, row, row.id in there, row.id in circles) for row in rows[:SHOWN]]
    return shown, len(rows) > SHOWN


def chosen_candidates(actor, principals: list[tuple[EntryKind, int]]) -> list[Candidate]:
    """What was chosen so far, in the actor's scope, in the order it was chosen. Three statements at most."""
    known = {}
    for kind, model in ((EntryKind.ACCOUNT, Account), (EntryKind.DOMAIN, Domain), (EntryKind.GROUP, Group)):
        ids = [key for asked, key in principals if asked is kind]
        if ids:
            statement = select(model).where(model.id.in_(ids), scope.of_domains(actor))
            statement = statement if model is Domain else statement.join(model.domain)
            known |= {
                (kind, row.id): _candidate(kind, row, False, False) for row in db.session.scalars(statement)
            }
    return [known[principal] for principal in principals if principal in known]


def _statement(within, kind: EntryKind, domain: Domain, search: str):
    if kind is EntryKind.ACCOUNT:
        statement = _accounts(domain)
        model = Account
    elif kind is EntryKind.GROUP:
        statement = (
            select(Group).join(Group.domain).options(lazyload(Group.domain)).order_by(Group.name, Group.id)
        )
        model = Group
    else:
        statement = select(Domain).order_by(Domain.name)
        return statement.where(within, matches(search))
    return statement.where(within, names_match(model, search))


def _accounts(domain: Domain):
    statement = select(Account).join(Account.domain).options(lazyload(Account.domain))
    is_there = (~Account.is_guest, Account.state.not_in(CLOSED))
    return statement.where(Account.domain_id == domain.id, *is_there).order_by(Account.name, Account.id)


def _there(group: Group, kind: EntryKind, ids: list[int]) -> set[int]:
    statement = select(MemberEntry.principal_id).where(
        MemberEntry.group_id == group.id, MemberEntry.kind == kind, MemberEntry.principal_id.in_(ids)
    )
    return set(db.session.scalars(statement)) if ids else set()


def _candidate(kind: EntryKind, row, is_in: bool, is_circle: bool) -> Candidate:
    if kind is EntryKind.DOMAIN:
        return Candidate(kind, row.id, row.name, row.description, is_in)
    return Candidate(kind, row.id, row.name, row.address, is_in, is_circle)
