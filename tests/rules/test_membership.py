"""Membership of groups, through nested groups."""

from app.extensions import db
from app.models import Account
from app.rules import groups as group_rules
from tests.support import factories


def members(group) -> set[str]:
    return set(db.session.scalars(group_rules.effective_members(group.id).with_only_columns(Account.name)))


def test_accounts_domains_and_groups_are_members(people):
    inner = factories.make_group(people.domain, "inner")
    factories.add_member(inner, people.paul)
    factories.add_member(people.group, inner)
    factories.add_member(people.group, people.other_domain)
    assert members(people.group) == {"arthur", "jean", "paul", "rivale", "autrui"}
    assert group_rules.groups_of(people.paul) == {inner.id, people.group.id}
    assert group_rules.groups_of(people.autrui) == {people.group.id}


def test_member_by_several_entries_is_counted_once(people):
    inner = factories.make_group(people.domain, "inner")
    factories.add_member(inner, people.arthur)
    factories.add_member(people.group, inner)
    factories.add_member(people.group, people.domain)
    names = list(
        db.session.scalars(group_rules.effective_members(people.group.id).with_only_columns(Account.name))
    )
    assert names.count("arthur") == 1


def test_deep_and_cyclic_groups_are_resolved(people):
    chain = [people.group]
    for depth in range(12):
        chain.append(factories.make_group(people.domain, f"level{depth}"))
        factories.add_member(chain[-2], chain[-1])
    factories.add_member(chain[-1], people.group)
    factories.add_member(chain[-1], people.paul)
    assert group_rules.groups_of(people.paul) == {group.id for group in chain}
    assert "paul" in members(people.group)


def test_containing_groups_are_found_in_one_statement(people, count_statements):
    inner = factories.make_group(people.domain, "inner")
    factories.add_member(people.group, inner)
    with count_statements() as statements:
        assert group_rules.containing_groups(inner.id) == {inner.id, people.group.id}
        group_rules.groups_of(people.arthur)
    assert len(statements) == 2


def test_guests_are_never_members_of_group(people):
    guest = factories.make_account(people.domain, "bruno", is_guest=True)
    factories.add_member(people.group, people.domain)
    assert "bruno" not in members(people.group)
    assert group_rules.groups_of(guest) == frozenset()


def test_exclusion_applies_in_group_and_in_outer_groups(people):
    inner = factories.make_group(people.domain, "inner")
    factories.add_member(inner, people.domain)
    factories.add_member(people.group, inner)
    factories.exclude(inner, people.paul)
    assert group_rules.groups_of(people.paul) == frozenset()
    assert "paul" not in members(people.group) and "paul" not in members(inner)
    assert {"arthur", "jean", "domainadmin"} <= members(people.group)


def test_exclusion_does_not_apply_to_other_memberships(people):
    inner = factories.make_group(people.domain, "inner")
    detour = factories.make_group(people.domain, "detour")
    factories.add_member(inner, people.domain)
    factories.add_member(detour, people.paul)
    factories.add_member(people.group, inner)
    factories.add_member(people.group, detour)
    factories.exclude(inner, people.paul)
    assert group_rules.groups_of(people.paul) == {detour.id, people.group.id}
    assert "paul" in members(people.group)


def test_membership_paths_are_sorted_by_length(people):
    inner = factories.make_group(people.domain, "inner")
    entry = factories.add_member(inner, people.arthur)
    nested = factories.add_member(people.group, inner)
    domain = factories.add_member(people.group, people.domain)
    ways = group_rules.ways_in(people.arthur, people.group.id)
    own = (
        db.session.query(factories.MemberEntry)
        .filter_by(group_id=people.group.id, account_id=people.arthur.id)
        .one()
    )
    assert [(way.entry_id, way.group_ids) for way in ways] == [
        (own.id, (people.group.id,)),
        (domain.id, (people.group.id,)),
        (entry.id, (people.group.id, inner.id)),
    ]
    assert nested.id not in {way.entry_id for way in ways}
    assert group_rules.ways_in(people.autrui, people.group.id) == []


def test_members_and_groups_agree_for_random_trees(people):
    """groups_of, effective_members and ways_in agree for every account in random trees with exclusions."""
    import random

    chance = random.Random(7)
    accounts = [people.arthur, people.jean, people.paul, people.autrui, people.rivale]
    groups = [factories.make_group(people.domain, f"g{number}") for number in range(7)]
    for group in groups:
        for member in chance.sample([*accounts, people.domain, people.other_domain], 2):
            factories.add_member(group, member)
        factories.exclude(group, chance.choice(accounts))
    for outer, inner in chance.sample([(a, b) for a in groups for b in groups if a is not b], 14):
        factories.add_member(outer, inner)
    membership_count = 0
    for person in accounts:
        groups_of_person = group_rules.groups_of(person)
        for group in groups:
            assert (group.id in groups_of_person) == (person.name in members(group)), (
                person.name,
                group.name,
            )
            assert (group.id in groups_of_person) == bool(group_rules.ways_in(person, group.id))
            membership_count += group.id in groups_of_person
    assert 0 < membership_count < len(accounts) * len(groups)


def test_branches_of_group_contain_each_member_once(people):
    inner, other = factories.make_group(people.domain, "dedans"), factories.make_domain("other.example")
    guest = factories.make_account(other, "visitor", is_guest=True)
    strangers = [factories.make_account(other, f"stranger {number}") for number in range(3)]
    factories.add_member(people.group, inner)
    factories.add_member(people.group, people.domain)
    for person in (people.paul, people.arthur, guest, *strangers):
        factories.add_member(inner, person)
    factories.exclude(inner, strangers[0])
    factories.exclude(inner, people.paul)
    factories.exclude(people.group, strangers[1])
    account_ids = [
        account.id
        for branch in group_rules.branches(people.group.id)
        for account in db.session.scalars(branch)
    ]
    effective = set(
        db.session.scalars(group_rules.effective_members(people.group.id).with_only_columns(Account.id))
    )
    assert sorted(account_ids) == sorted(effective), "each in one branch only"
    assert group_rules.count_people(group_rules.branches(people.group.id)) == len(effective)
    assert people.paul.id in effective and strangers[2].id in effective
    assert effective.isdisjoint({guest.id, strangers[0].id, strangers[1].id})
    many = [factories.make_domain(f"many{number}.example") for number in range(group_rules.BRANCHES + 3)]
    for domain in many:
        factories.make_account(domain, "one")
        factories.add_member(people.group, domain)
    assert group_rules.count_people(group_rules.branches(people.group.id)) == len(effective) + len(many)
    assert len(group_rules.branches(people.group.id)) == group_rules.BRANCHES + 2
