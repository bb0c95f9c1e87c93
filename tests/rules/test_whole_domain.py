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
        with count_statements() as statements:
            act()
        return len(statements)

    return measure


def test_statements_of_reading_and_posting_do_not_depend_on_accounts(people, cost):
    bills = []
    for accounts, room_count in ((2, 2), (30, 12)):
        somebody, rooms = company(accounts, room_count)
        messages.post_message(somebody, rooms[0], "warm")
        seeing = cost(lambda person=somebody: access.visible_rooms(person))
        posting = cost(lambda person=somebody, room=rooms[1]: messages.post_message(person, room, "hello"))
        assert len(access.visible_rooms(somebody)) == 5 * room_count
        bills.append((seeing, posting))
    assert bills[0] == bills[1]
    assert bills[1][0] <= 6


def test_statements_of_adding_domain_do_not_depend_on_accounts(people, cost):
    bills = []
    for accounts in (2, 40):
        somebody, _rooms = company(accounts, 1)
        group = factories.make_group(people.domain)
        principals = [(EntryKind.DOMAIN, somebody.domain_id)]
        bills.append(cost(lambda to=group, members=principals: groups.add_members(people.admin, to, members)))
    assert bills[0] == bills[1]
