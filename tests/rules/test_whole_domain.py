"""A whole domain as a member: the cost depends neither on its people nor on the groups and rooms."""

import pytest

from app.extensions import db
from app.models import Account, EntryKind
from app.operations import groups, messages
from app.rules.rights import access
from tests.support import factories


def company(people: int, groups_wanted: int) -> tuple[Account, list[int]]:
    with factories.in_one_commit():
        domain = factories.make_domain()
        somebody, *_others = [factories.make_account(domain) for _ in range(people)]
        rooms = []
        for _ in range(groups_wanted):
            group = factories.make_group(domain)
            factories.add_member(group, domain)
            rooms += [factories.make_room(group, f"r{number}").id for number in range(5)]
    return somebody, rooms


@pytest.fixture
def cost(count_statements):
    def measure(act) -> int:
        db.session.commit()
        access.forget()
        with count_statements() as seen:
            act()
        return len(seen)

    return measure


def test_seeing_and_posting_cost_the_same_for_few_and_many(people, cost):
    bills = []
    for accounts, wanted in ((2, 2), (30, 12)):
        somebody, rooms = company(accounts, wanted)
        messages.post_message(somebody, rooms[0], "warm")
        seeing = cost(lambda who=somebody: access.visible_rooms(who))
        posting = cost(lambda who=somebody, room=rooms[1]: messages.post_message(who, room, "hello"))
        assert len(access.visible_rooms(somebody)) == 5 * wanted
        bills.append((seeing, posting))
    assert bills[0] == bills[1]
    assert bills[1][0] <= 6


def test_adding_the_domain_costs_the_same_for_few_and_many(people, cost):
    bills = []
    for accounts in (2, 40):
        somebody, _rooms = company(accounts, 1)
        group = factories.make_group(people.domain)
        principals = [(EntryKind.DOMAIN, somebody.domain_id)]
        bills.append(cost(lambda to=group, whom=principals: groups.add_members(people.admin, to, whom)))
    assert bills[0] == bills[1]
