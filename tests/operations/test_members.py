"""Members of a group: entries replaced by their people, excluded people, pasted lists."""

import pytest

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import Account, AuditEntry, Exclusion, MemberEntry
from app.operations import groups
from app.operations.groups import members, pasting
from app.rules import groups as group_rules
from app.rules.rights import access, audience
from tests.support import factories


def rooms_of(account) -> list[str]:
    access.forget()
    return [room_access.room.name for room_access in access.visible_rooms(account)]


def people_in(group) -> set[str]:
    return {account.name for account in db.session.scalars(group_rules.effective_members(group.id)).unique()}


def acts() -> list[str]:
    return [entry.act for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]


@pytest.fixture
def inner(people):
    """Make a group inside of groupetc, with paul and jean in it."""
    group = factories.make_group(people.domain, "dedans")
    factories.add_member(group, people.paul)
    factories.add_member(group, people.jean)
    return group


def test_detached_group_leaves_its_members_as_entries(people, inner):
    entry = factories.add_member(people.group, inner)
    before = people_in(people.group)
    assert groups.detach_member(people.domain_admin, people.group, entry.id) == 2
    assert people_in(people.group) == before == {"arthur", "jean", "paul"}
    groups.remove_member(people.admin, inner, inner_entry(inner, people.paul))
    assert rooms_of(people.paul) == ["TeamChat"], "they no longer follow the group"
    assert acts()[0] == "group.detach_member"


def inner_entry(group, account) -> int:
    return db.session.query(MemberEntry).filter_by(group_id=group.id, principal_id=account.id).one().id


def test_detached_domain_leaves_its_accounts_except_excluded_ones(people):
    entry = factories.add_member(people.group, people.domain)
    groups.exclude_person(people.admin, people.group, people.paul.id)
    before = people_in(people.group)
    count = groups.detach_member(people.admin, people.group, entry.id)
    assert people_in(people.group) == before and count == len(before) == 5
    newcomer = factories.make_account(people.domain)
    assert rooms_of(newcomer) == []


def test_detaching_too_many_members_is_refused_with_count(people, monkeypatch):
    monkeypatch.setattr(members, "DETACHED_MAX", 3)
    entry = factories.add_member(people.group, people.domain)
    with pytest.raises(Invalid) as refusal:
        groups.detach_member(people.admin, people.group, entry.id)
    assert refusal.value.code == "too_many_people" and "6" in str(refusal.value)
    assert db.session.get(MemberEntry, entry.id) is not None


def test_account_entry_or_entry_of_another_group_cannot_be_detached(people):
    own = db.session.query(MemberEntry).filter_by(group_id=people.group.id).first()
    with pytest.raises(Invalid):
        groups.detach_member(people.admin, people.group, own.id)
    foreign = factories.add_member(people.other_group, people.other_domain)
    with pytest.raises(NotFound):
        groups.detach_member(people.admin, people.group, foreign.id)
    with pytest.raises(NotFound):
        groups.detach_member(people.domain_admin, people.other_group, foreign.id)


def test_excluded_member_loses_rooms_until_included_again(people, inner):
    factories.add_member(people.group, inner)
    groups.exclude_person(people.domain_admin, people.group, people.jean.id)
    assert rooms_of(people.jean) == [] and rooms_of(people.paul) == ["TeamChat"]
    groups.include_person(people.domain_admin, people.group, people.jean.id)
    assert rooms_of(people.jean) == ["TeamChat"]
    assert acts() == ["group.exclude_person", "group.include_person"]


def test_only_members_are_excluded_and_only_excluded_are_included(people):
    for account in (people.paul, people.autrui):
        with pytest.raises(NotFound):
            groups.exclude_person(people.admin, people.group, account.id)
    with pytest.raises(NotFound):
        groups.include_person(people.admin, people.group, people.jean.id)
    for person in (people.arthur, people.rivale):
        with pytest.raises(NotFound):
            groups.exclude_person(person, people.group, people.jean.id)
    assert not db.session.query(Exclusion).count()


def test_addresses_are_accepted_in_every_spelling(people, inner):
    text = "Paul <PAUL@iwdemo.fr>\n\n[dedans@iwdemo.fr]; iwdemo.fr\narthur@iwdemo.fr\narthur@iwdemo.fr"
    assert groups.add_addresses(people.admin, people.group, text) == 3
    kinds = sorted(entry.kind for entry in db.session.query(MemberEntry).filter_by(group_id=people.group.id))
    assert kinds == ["account", "account", "account", "domain", "group"]


def test_unknown_address_adds_nobody(people):
    text = "paul@iwdemo.fr\nnobody@iwdemo.fr\nautrui@autre.example\n"
    with pytest.raises(groups.UnknownAddresses) as refusal:
        groups.add_addresses(people.domain_admin, people.group, text)
    assert [(line.number, line.text) for line in refusal.value.lines] == [
        (2, "nobody@iwdemo.fr"),
        (3, "autrui@autre.example"),
    ]
    assert people_in(people.group) == {"arthur", "jean"}


def test_number_of_statements_does_not_depend_on_addresses(people, count_statements):
    rows = [
        Account(domain_id=people.domain.id, name=f"n{number}", address=f"n{number}@iwdemo.fr", language="en")
        for number in range(5_000)
    ]
    db.session.add_all(rows)
    db.session.flush()
    factories.keep(*(factories.Address(address=row.address, account_id=row.id) for row in rows))
    with count_statements() as few:
        groups.add_addresses(people.admin, people.group, "n1@iwdemo.fr")
    with count_statements() as many:
        assert (
            groups.add_addresses(people.admin, people.group, "\n".join(row.address for row in rows)) == 4_999
        )
    assert len(many) <= len(few) + 2
    with pytest.raises(Invalid) as refusal:
        groups.add_addresses(people.admin, people.group, "x\n" * (pasting.ADDRESSES_MAX + 1))
    assert refusal.value.code == "too_many_lines"


def test_memberships_of_many_accounts_equal_those_of_each(people, inner):
    factories.add_member(people.group, inner)
    factories.add_member(people.group, people.domain)
    factories.exclude(inner, people.jean)
    factories.exclude(people.group, people.paul)
    everybody = db.session.query(Account).all()
    ways, reach = (
        audience.ways_in(everybody, people.group.id),
        audience.groups_of(everybody, {people.group.id, inner.id}),
    )
    for account in everybody:
        assert ways.get(account.id, []) == group_rules.ways_in(account, people.group.id)
        assert reach.get(account.id, frozenset()) == group_rules.groups_of(account)
    assert len(ways[people.jean.id]) == 2
