"""Who stays in a group and who does not: entries turned into their people, and people kept out."""

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import delete, func, insert, select

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import AccessScope, Account, EntryKind, Exclusion, Group, MemberEntry, now
from app.operations import audit, versions
from app.rules import membership, scope
from app.transaction import operation, touch_access

DETACHED_MAX = 5_000
"""People that an entry is turned into; more of them are better kept together."""


@operation
def detach_member(actor, group: Group, entry_id: int) -> int:
    """Turn a group or a whole domain into its people: they stay, and no longer follow it. Returns how many they are."""
    group = versions.lock_row(scope.find_group(actor, group.id))
    entry = db.session.get(MemberEntry, entry_id)
    if entry is None or entry.group_id != group.id:
        raise NotFound()
    if entry.kind is EntryKind.ACCOUNT:
        raise Invalid(_("This entry is one person already."), code="one_person")
    name = entry.domain.name if entry.kind is EntryKind.DOMAIN else entry.inner_group.address
    people = people_of_entry(entry)
    count = _counted(people)
    _keep(group, people)
    db.session.delete(entry)
    touch_access(AccessScope.GROUP, group.id)
    audit.record(
        actor, "group.detach_member", group, before={"members": name}, after={"members": _people(count)}
    )
    return count


def people_of_entry(entry: MemberEntry):
    """A statement of the ids of everybody an entry stands for, but those who are kept out of its group."""
    excluded = select(Exclusion.account_id).where(Exclusion.group_id == entry.group_id)
    if entry.kind is EntryKind.DOMAIN:
        everybody = select(Account.id).where(Account.domain_id == entry.domain_id, ~Account.is_guest)
    else:
        everybody = membership.effective_members(entry.inner_group_id).with_only_columns(Account.id)
    return everybody.where(Account.id.not_in(excluded))


@operation
def exclude_person(actor, group: Group, account_id: int) -> str:
    """Keep somebody out of a group whatever entries would bring them in. Returns their address."""
    group = versions.lock_row(scope.find_group(actor, group.id))
    there = membership.effective_members(group.id).where(Account.id == account_id)
    person = db.session.scalars(there).unique().one_or_none()
    if person is None:
        raise NotFound(_("This person is not in the group."), field="member")
    db.session.add(Exclusion(group_id=group.id, account_id=person.id))
    touch_access(AccessScope.ACCOUNT, person.id)
    audit.record(actor, "group.exclude_person", group, after={"excluded": person.address})
    return person.address


@operation
def include_person(actor, group: Group, account_id: int) -> str:
    """Take an exclusion back: the entries bring the person in again. Returns their address."""
    group = versions.lock_row(scope.find_group(actor, group.id))
    row = (Exclusion.group_id == group.id, Exclusion.account_id == account_id)
    if not db.session.execute(delete(Exclusion).where(*row)).rowcount:
        raise NotFound()
    address = db.session.scalar(select(Account.address).where(Account.id == account_id))
    touch_access(AccessScope.ACCOUNT, account_id)
    audit.record(actor, "group.include_person", group, before={"excluded": address})
    return address


def _counted(people) -> int:
    """How many people these are. Error: Invalid when they are too many."""
    count = db.session.scalar(select(func.count()).select_from(people.order_by(None).subquery()))
    if count > DETACHED_MAX:
        raise Invalid(
            _(
                "This entry stands for %(count)s people; at most %(most)s can be turned into entries of their own.",
                count=count,
                most=DETACHED_MAX,
            ),
            code="too_many_people",
        )
    return count


def _keep(group: Group, people) -> None:
    """Entries for those who have none of their own yet."""
    known = select(MemberEntry.principal_id).where(
        MemberEntry.group_id == group.id, MemberEntry.kind == EntryKind.ACCOUNT
    )
    ids = db.session.scalars(people.where(Account.id.not_in(known))).all()
    common = {"group_id": group.id, "kind": EntryKind.ACCOUNT, "created_at": now()}
    none = {"domain_id": None, "inner_group_id": None}
    rows = [{**common, **none, "principal_id": key, "account_id": key} for key in ids]
    if rows:
        db.session.execute(insert(MemberEntry), rows)


def _people(count: int) -> str:
    return ngettext("%(num)s person", "%(num)s people", count)
