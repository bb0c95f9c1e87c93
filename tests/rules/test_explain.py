"""Explanations: the decision, the ways into the group, and the entries by name."""

from app.extensions import db
from app.models import AccountState, Principal, RoomState, Service, ServiceName
from app.rules.rights import FULL, READ, WRITE, Basis, Cap, Right
from app.rules.rights.explanation import explain
from tests.support import factories


def test_a_member_is_told_the_way_in_and_the_line(people):
    answer = explain(people.arthur, people.room)
    assert (answer.decision.basis, answer.rights) == (Basis.ENTRIES, WRITE)
    assert [one.name for one in answer.deciding] == ["[groupetc@iwdemo.fr]"]
    assert [way.group_ids for way in answer.ways] == [(people.group.id,)]


def test_the_lines_that_were_overruled_are_shown(people):
    factories.make_grant(people.room.folder, Principal.ACCOUNT, people.arthur.id, READ)
    answer = explain(people.arthur, people.room)
    assert [one.name for one in answer.deciding] == ["arthur@iwdemo.fr"]
    assert [one.name for one in answer.overruled] == ["[groupetc@iwdemo.fr]"]


def test_who_is_outside_is_told_so(people):
    factories.make_grant(people.room.folder, Principal.ACCOUNT, people.paul.id, FULL)
    answer = explain(people.paul, people.room)
    assert (answer.decision.basis, answer.rights, answer.ways) == (Basis.OUTSIDE, Right.NONE, ())


def test_what_shuts_the_room_comes_first(people):
    people.arthur.has_webdav = False
    db.session.commit()
    assert explain(people.arthur, people.room).decision.basis == Basis.SWITCHED_OFF
    people.group.has_teamchat = False
    db.session.commit()
    assert explain(people.jean, people.room).decision.basis == Basis.GROUP_OFF
    db.session.query(Service).filter_by(name=ServiceName.TEAMCHAT).one().is_running = False
    db.session.commit()
    assert explain(people.jean, people.room).decision.basis == Basis.SERVICE_STOPPED


def test_caps_are_named(people):
    people.room.state = RoomState.ARCHIVED
    people.arthur.state = AccountState.MUTED
    db.session.commit()
    answer = explain(people.arthur, people.room)
    assert answer.decision.caps == (Cap.ARCHIVED, Cap.MUTED) and answer.rights == READ


def test_an_empty_list_and_an_owner(people):
    people.room.has_own_list = True
    db.session.commit()
    assert explain(people.arthur, people.room).decision.basis == Basis.NO_ENTRY
    room = factories.make_private_room(people.paul)
    assert explain(people.paul, room).decision.basis == Basis.OWNER


def test_the_number_of_statements_is_fixed(people, count_statements):
    def cost():
        with count_statements() as seen:
            explain(people.arthur, people.room)
        return len(seen)

    cost()
    few = cost()
    for number in range(8):
        group = factories.make_group(people.domain, f"inner{number}")
        factories.add_member(group, people.arthur)
        factories.add_member(people.group, group)
        factories.make_grant(people.room.folder, Principal.GROUP, group.id, READ)
    assert cost() == few
