"""Explanations: the decision, the ways into the group, and the entries by name."""

from app.extensions import db
from app.models import AccountState, Principal, RoomState, Service, ServiceName
from app.rules.rights import FULL, READ, WRITE, Basis, Cap, Right
from app.rules.rights.explanation import explain
from tests.support import factories


def test_explanation_names_membership_and_deciding_grant(people):
    answer = explain(people.arthur, people.room)
    assert (answer.decision.basis, answer.rights) == (Basis.ENTRIES, WRITE)
    assert [grant.name for grant in answer.deciding] == ["[groupetc@iwdemo.fr]"]
    assert [way.group_ids for way in answer.ways] == [(people.group.id,)]


def test_explanation_contains_overruled_grants(people):
    factories.make_grant(people.room.folder, Principal.ACCOUNT, people.arthur.id, READ)
    answer = explain(people.arthur, people.room)
    assert [grant.name for grant in answer.deciding] == ["arthur@iwdemo.fr"]
    assert [grant.name for grant in answer.overruled] == ["[groupetc@iwdemo.fr]"]


def test_explanation_says_that_person_is_outside(people):
    factories.make_grant(people.room.folder, Principal.ACCOUNT, people.paul.id, FULL)
    answer = explain(people.paul, people.room)
    assert (answer.decision.basis, answer.rights, answer.ways) == (Basis.OUTSIDE, Right.NONE, ())


def test_reason_for_closed_room_precedes_grants(people):
    people.arthur.has_webdav = False
    db.session.commit()
    assert explain(people.arthur, people.room).decision.basis == Basis.SWITCHED_OFF
    people.group.has_teamchat = False
    db.session.commit()
    assert explain(people.jean, people.room).decision.basis == Basis.GROUP_OFF
    db.session.query(Service).filter_by(name=ServiceName.TEAMCHAT).one().is_running = False
    db.session.commit()
    assert explain(people.jean, people.room).decision.basis == Basis.SERVICE_STOPPED


def test_explanation_names_caps(people):
    people.room.state = RoomState.ARCHIVED
    people.arthur.state = AccountState.MUTED
    db.session.commit()
    answer = explain(people.arthur, people.room)
    assert answer.decision.caps == (Cap.ARCHIVED, Cap.MUTED) and answer.rights == READ


def test_explanation_of_empty_list_and_of_owner(people):
    people.room.has_own_list = True
    db.session.commit()
    assert explain(people.arthur, people.room).decision.basis == Basis.NO_ENTRY
    room = factories.make_private_room(people.paul)
    assert explain(people.paul, room).decision.basis == Basis.OWNER


def test_explanation_needs_a_fixed_number_of_statements(people, count_statements):
    def cost():
        with count_statements() as statements:
            explain(people.arthur, people.room)
        return len(statements)

    cost()
    few = cost()
    for number in range(8):
        group = factories.make_group(people.domain, f"inner{number}")
        factories.add_member(group, people.arthur)
        factories.add_member(people.group, group)
        factories.make_grant(people.room.folder, Principal.GROUP, group.id, READ)
    assert cost() == few
