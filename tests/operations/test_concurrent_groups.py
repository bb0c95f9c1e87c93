"""Operations on groups by two administrators at the same moment."""

import pytest

from app.errors import Conflict
from app.extensions import db
from app.models import (
    Account,
    Address,
    AuditEntry,
    EntryKind,
    Group,
    MemberEntry,
    Role,
    Room,
    RoomKind,
    ServerSetting,
)
from app.operations import accounts, groups, messages, rooms
from app.operations.server import settings
from tests.support import factories
from tests.support.people import make_people
from tests.support.threads import at_once, get, refusals

pytestmark = pytest.mark.fresh


@pytest.fixture
def people(app):
    people = make_people()
    db.session.commit()
    return people


def test_concurrent_groups_cannot_share_an_address(app, people):
    admin, domain = people.admin.id, people.domain

    def create(number):
        return lambda: groups.create_group(get(Account, admin), domain, name=f"n{number}", alias="neuf").id

    answers = at_once(app, *(create(number) for number in range(4)))
    assert [refusal.code for refusal in refusals(answers)] == ["address_taken"] * 3
    assert db.session.query(Address).filter_by(address="neuf@iwdemo.fr").count() == 1
    assert db.session.query(Group).filter_by(address="neuf@iwdemo.fr").count() == 1


def test_concurrent_removal_of_entry_succeeds_once(app, people):
    admin, group = people.admin.id, people.group.id
    entry = db.session.query(MemberEntry).filter_by(account_id=people.jean.id).one().id
    db.session.commit()

    def remove():
        return groups.remove_member(get(Account, admin), get(Group, group), entry)

    answers = at_once(app, *[remove] * 4)
    assert [refusal.code for refusal in refusals(answers)] == ["not_found"] * 3
    assert db.session.query(AuditEntry).filter_by(act="group.remove_member").count() == 1


def test_concurrent_enabling_of_teamchat_creates_one_room(app, people):
    admin = people.admin.id
    group = factories.make_group(people.domain, has_public_folder=True).id

    def enable():
        return rooms.enable_teamchat(get(Account, admin), get(Group, group)).id

    answers = at_once(app, *[enable] * 4)
    assert len(set(answers)) == 1 and not refusals(answers)


def test_concurrent_changes_of_setting_leave_one_row(app, people):
    admin = people.admin.id

    def name_the_host(number):
        return lambda: settings.set_setting(get(Account, admin), "host_name", f"host{number}.example")

    assert at_once(app, *(name_the_host(number) for number in range(4))) == [None] * 4
    assert db.session.query(ServerSetting).filter_by(name="host_name").count() == 1


def test_concurrent_nesting_cannot_form_a_cycle(app, people):
    admin = people.admin.id
    first, other = (factories.make_group(people.domain).id for _ in range(2))

    def add(outer, inner):
        return lambda: groups.add_members(get(Account, admin), get(Group, outer), [("group", inner)])

    for _ in range(5):
        answers = at_once(app, add(first, other), add(other, first))
        assert [refusal.code for refusal in refusals(answers)] == ["circle"]
        db.session.query(MemberEntry).filter(MemberEntry.group_id.in_([first, other])).delete()
        db.session.commit()


def test_concurrent_saves_of_one_version_succeed_once(app, people):
    admin, group, version = people.admin.id, people.group.id, people.group.row_version

    def rename(name):
        return lambda: (
            groups.update_group(get(Account, admin), get(Group, group), {"name": name}, version).name
        )

    answers = at_once(app, *(rename(name) for name in ("un", "deux", "trois")))
    assert [type(refusal) for refusal in refusals(answers)] == [Conflict, Conflict]
    saved = next(answer for answer in answers if isinstance(answer, str))
    assert db.session.get(Group, group, populate_existing=True).name == saved


def test_two_server_administrators_cannot_demote_each_other(app, people):
    first = people.admin.id
    other = factories.make_account(people.domain, role=Role.SERVER).id

    def demote(actor, account):
        return lambda: (
            accounts.update_account(get(Account, actor), get(Account, account), {"role": Role.USER}).id
        )

    at_once(app, demote(first, other), demote(other, first))
    assert db.session.query(Account).filter_by(role=Role.SERVER).count() == 1


def test_concurrent_adding_of_member_creates_one_entry(app, people):
    admin, group, paul = people.admin.id, people.group.id, people.paul.id

    def add():
        return groups.add_members(get(Account, admin), get(Group, group), [("account", paul)])

    assert sorted(at_once(app, add, add, add)) == [0, 0, 1]
    assert db.session.query(MemberEntry).filter_by(group_id=group, account_id=paul).count() == 1


def test_group_deleted_while_in_use_leaves_no_rows(app, people):
    admin, outer = people.admin.id, factories.make_group(people.domain, "outer")
    for number in range(4):
        group = factories.make_room(factories.make_group(people.domain, f"deleted{number}")).group
        key = group.id
        answers = at_once(
            app,
            lambda key=key: groups.delete_group(get(Account, admin), get(Group, key)),
            lambda key=key: groups.add_members(
                get(Account, admin), get(Group, outer.id), [(EntryKind.GROUP, key)]
            ),
            lambda key=key: rooms.create_room(get(Account, admin), RoomKind.PUBLIC, "Late", group_id=key).id,
        )
        assert len(answers) == 3
        assert get(Group, key) is None
        assert not db.session.query(MemberEntry).filter_by(inner_group_id=key).count()
        assert not db.session.query(Room).filter_by(group_id=key).count()


def test_concurrent_senders_of_two_rooms_share_limit_of_group(app, people):
    other = factories.make_room(people.group, "Projet").id
    people.group.sends_per_minute = 3
    arthur, jean, first = people.arthur.id, people.jean.id, people.room.id
    db.session.commit()

    def say(number):
        sender, room = ((arthur, jean)[number % 2], (first, other)[number // 4])
        return lambda: messages.post_message(get(Account, sender), room, f"{number}")

    answers = at_once(app, *(say(number) for number in range(8)))
    assert [refusal.code for refusal in refusals(answers)] == ["group_pace"] * 5
