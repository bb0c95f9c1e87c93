"""Who is in which group, through whatever is nested in it."""

from app.extensions import db
from app.models import Account
from app.rules import membership
from tests import factories


def members(group) -> set[str]:
    return set(db.session.scalars(membership.effective_members(group.id).with_only_columns(Account.name)))


def test_accounts_domains_and_groups_are_members(cast):
    inner = factories.make_group(cast.domain, "inner")
    factories.add_member(inner, cast.paul)
    factories.add_member(cast.group, inner)
    factories.add_member(cast.group, cast.other_domain)
    assert members(cast.group) == {"arthur", "jean", "paul", "rivale", "autrui"}
    assert membership.groups_of(cast.paul) == {inner.id, cast.group.id}
    assert membership.groups_of(cast.autrui) == {cast.group.id}


def test_who_is_in_three_ways_is_in_once(cast):
    inner = factories.make_group(cast.domain, "inner")
    factories.add_member(inner, cast.arthur)
    factories.add_member(cast.group, inner)
    factories.add_member(cast.group, cast.domain)
    names = list(
        db.session.scalars(membership.effective_members(cast.group.id).with_only_columns(Account.name))
    )
    assert names.count("arthur") == 1


def test_depth_and_cycles_end(cast):
    chain = [cast.group]
    for depth in range(12):
        chain.append(factories.make_group(cast.domain, f"level{depth}"))
        factories.add_member(chain[-2], chain[-1])
    factories.add_member(chain[-1], cast.group)
    factories.add_member(chain[-1], cast.paul)
    assert membership.groups_of(cast.paul) == {group.id for group in chain}
    assert "paul" in members(cast.group)


def test_containing_groups_are_found_in_one_statement(cast, count_statements):
    inner = factories.make_group(cast.domain, "inner")
    factories.add_member(cast.group, inner)
    with count_statements() as seen:
        assert membership.containing_groups(inner.id) == {inner.id, cast.group.id}
        membership.groups_of(cast.arthur)
    assert len(seen) == 2


def test_guests_are_never_members_of_a_group(cast):
    guest = factories.make_account(cast.domain, "bruno", is_guest=True)
    factories.add_member(cast.group, cast.domain)
    assert "bruno" not in members(cast.group)
    assert membership.groups_of(guest) == frozenset()


def test_who_is_excluded_is_out_and_through_that_group_out_of_the_outer_ones(cast):
    inner = factories.make_group(cast.domain, "inner")
    factories.add_member(inner, cast.domain)
    factories.add_member(cast.group, inner)
    factories.exclude(inner, cast.paul)
    assert membership.groups_of(cast.paul) == frozenset()
    assert "paul" not in members(cast.group) and "paul" not in members(inner)
    assert {"arthur", "jean", "domainadmin"} <= members(cast.group)


def test_another_way_in_stays_open(cast):
    inner = factories.make_group(cast.domain, "inner")
    detour = factories.make_group(cast.domain, "detour")
    factories.add_member(inner, cast.domain)
    factories.add_member(detour, cast.paul)
    factories.add_member(cast.group, inner)
    factories.add_member(cast.group, detour)
    factories.exclude(inner, cast.paul)
    assert membership.groups_of(cast.paul) == {detour.id, cast.group.id}
    assert "paul" in members(cast.group)


def test_the_ways_in_are_named_the_shortest_first(cast):
    inner = factories.make_group(cast.domain, "inner")
    entry = factories.add_member(inner, cast.arthur)
    nested = factories.add_member(cast.group, inner)
    domain = factories.add_member(cast.group, cast.domain)
    ways = membership.ways_in(cast.arthur, cast.group.id)
    own = (
        db.session.query(factories.MemberEntry)
        .filter_by(group_id=cast.group.id, account_id=cast.arthur.id)
        .one()
    )
    assert [(way.entry_id, way.group_ids) for way in ways] == [
        (own.id, (cast.group.id,)),
        (domain.id, (cast.group.id,)),
        (entry.id, (cast.group.id, inner.id)),
    ]
    assert nested.id not in {way.entry_id for way in ways}
    assert membership.ways_in(cast.autrui, cast.group.id) == []


def test_up_and_down_agree_for_random_trees(cast):
    """groups_of, effective_members and ways_in tell the same of everybody in random trees with exclusions."""
    import random

    chance = random.Random(7)
    people = [cast.arthur, cast.jean, cast.paul, cast.autrui, cast.rivale]
    groups = [factories.make_group(cast.domain, f"g{number}") for number in range(7)]
    for group in groups:
        for member in chance.sample([*people, cast.domain, cast.other_domain], 2):
            factories.add_member(group, member)
        factories.exclude(group, chance.choice(people))
    for outer, inner in chance.sample([(a, b) for a in groups for b in groups if a is not b], 14):
        factories.add_member(outer, inner)
    seen = 0
    for person in people:
        mine = membership.groups_of(person)
        for group in groups:
            assert (group.id in mine) == (person.name in members(group)), (person.name, group.name)
            assert (group.id in mine) == bool(membership.ways_in(person, group.id))
            seen += group.id in mine
    assert 0 < seen < len(people) * len(groups)


def test_the_branches_of_a_group_have_everybody_in_it_once(cast):
    inner, other = factories.make_group(cast.domain, "dedans"), factories.make_domain("other.example")
    guest = factories.make_account(other, "visitor", is_guest=True)
    strangers = [factories.make_account(other, f"stranger {number}") for number in range(3)]
    factories.add_member(cast.group, inner)
    factories.add_member(cast.group, cast.domain)
    for person in (cast.paul, cast.arthur, guest, *strangers):
        factories.add_member(inner, person)
    factories.exclude(inner, strangers[0])
    factories.exclude(inner, cast.paul)
    factories.exclude(cast.group, strangers[1])
    found = [one.id for branch in membership.branches(cast.group.id) for one in db.session.scalars(branch)]
    effective = set(
        db.session.scalars(membership.effective_members(cast.group.id).with_only_columns(Account.id))
    )
    assert sorted(found) == sorted(effective), "each in one branch only"
    assert membership.count_of(membership.branches(cast.group.id)) == len(effective)
    assert cast.paul.id in effective and strangers[2].id in effective
    assert effective.isdisjoint({guest.id, strangers[0].id, strangers[1].id})
    many = [factories.make_domain(f"many{number}.example") for number in range(membership.BRANCHES + 3)]
    for domain in many:
        factories.make_account(domain, "one")
        factories.add_member(cast.group, domain)
    assert membership.count_of(membership.branches(cast.group.id)) == len(effective) + len(many)
    assert len(membership.branches(cast.group.id)) == membership.BRANCHES + 2
