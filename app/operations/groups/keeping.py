"""Entries turned into their people, and people excluded from a group."""

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, delete, func, insert, select

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import AccessScope, Account, EntryKind, Exclusion, Group, MemberEntry, now
from app.operations import audit, versions
from app.operations.groups.members import entry_name
from app.rules import membership, scope
from app.transaction import operation, touch_access

# People that an entry is turned into; more of them are better kept together.
DETACHED_MAX = 5_000


@operation
def detach_member(actor: Account, group: Group, entry_id: int) -> int:
    """Replace a group or domain in a member list by its people, who no longer follow it. Return their number.

    Errors: NotFound; Invalid for an account, and for too many people.
    """
    group = versions.lock_row(scope.find_group(actor, group.id))
    entry = db.session.get(MemberEntry, entry_id)
    if entry is None or entry.group_id != group.id:
        raise NotFound()
    if entry.kind is EntryKind.ACCOUNT:
        raise Invalid(_("This entry is one person already."), code="one_person")
    name = entry_name(entry)
    people = people_of_entry(entry)
    count = _checked_count(people)
    _insert_entries(group, people)
    db.session.delete(entry)
    touch_access(AccessScope.GROUP, group.id)
    members = ngettext("%(num)s person", "%(num)s people", count)
    audit.record(actor, "group.detach_member", group, before={"members": name}, after={"members": members})
    return count


def people_of_entry(entry: MemberEntry) -> Select[int]:
    """Select the ids of the people that a group or domain entry brings in, without those excluded from its group."""
    excluded = select(Exclusion.account_id).where(Exclusion.group_id == entry.group_id)
    if entry.inner_group_id is not None:
        people = membership.effective_members(entry.inner_group_id).with_only_columns(Account.id)
    else:
        people = select(Account.id).where(Account.domain_id == entry.domain_id, ~Account.is_guest)
    return people.where(Account.id.not_in(excluded))


@operation
def exclude_person(actor: Account, group: Group, account_id: int) -> str:
    """Exclude a person from a group, whatever entries bring them in. Return their address. Error: NotFound."""
    group = versions.lock_row(scope.find_group(actor, group.id))
    statement = membership.effective_members(group.id).where(Account.id == account_id)
    person = db.session.scalars(statement).unique().one_or_none()
    if person is None:
        raise NotFound(_("This person is not in the group."), field="member")
    db.session.add(Exclusion(group_id=group.id, account_id=person.id))
    touch_access(AccessScope.ACCOUNT, person.id)
    audit.record(actor, "group.exclude_person", group, after={"excluded": person.address})
    return person.address


@operation
def include_person(actor: Account, group: Group, account_id: int) -> str:
    """Remove an exclusion: entries bring the person in again. Return their address. Error: NotFound."""
    group = versions.lock_row(scope.find_group(actor, group.id))
    is_exclusion = (Exclusion.group_id == group.id, Exclusion.account_id == account_id)
    if not versions.execute_update(delete(Exclusion).where(*is_exclusion), synchronize="auto"):
        raise NotFound()
    address = db.session.scalars(select(Account.address).where(Account.id == account_id)).one()
    touch_access(AccessScope.ACCOUNT, account_id)
    audit.record(actor, "group.include_person", group, before={"excluded": address})
    return address


def _checked_count(people: Select[int]) -> int:
    """Return the number of people. Error: Invalid when there are too many."""
    count = db.session.scalar(select(func.count()).select_from(people.order_by(None).subquery())) or 0
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


def _insert_entries(group: Group, people: Select[int]) -> None:
    """Insert entries for the people who have none of their own yet."""
    have_entries = select(MemberEntry.principal_id).where(
        MemberEntry.group_id == group.id, MemberEntry.kind == EntryKind.ACCOUNT
    )
    rows = [
        {
            "group_id": group.id,
            "kind": EntryKind.ACCOUNT,
            "principal_id": account_id,
            "account_id": account_id,
            "domain_id": None,
            "inner_group_id": None,
            "created_at": now(),
        }
        for account_id in db.session.scalars(people.where(Account.id.not_in(have_entries)))
    ]
    if rows:
        db.session.execute(insert(MemberEntry), rows)
