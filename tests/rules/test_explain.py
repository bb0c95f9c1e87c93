"""Every answer can say why, and says the same as the answer itself."""

import random

from app.extensions import db
from app.models import AccountState, Principal, RoomState, Service, ServiceName
from app.rules import access
from app.rules import explain as why
from app.rules.rights import FULL, READ, WRITE, Right
from tests import factories


def explained(account, room):
    access.forget()
    answer = why.explain(account, room)
    assert answer.rights == access.rights_in(account, room.id)
    return answer


def test_a_member_is_told_the_way_in_and_the_line(cast):
    answer = explained(cast.arthur, cast.room)
    assert (answer.verdict, answer.rights) == (why.LINES, WRITE)
    assert [one.name for one in answer.lines] == ["[groupetc@iwdemo.fr]"]
    assert [way.group_ids for way in answer.ways] == [(cast.group.id,)]


def test_the_lines_that_were_overruled_are_shown(cast):
    factories.make_grant(cast.room.folder, Principal.ACCOUNT, cast.arthur.id, READ)
    answer = explained(cast.arthur, cast.room)
    assert [one.name for one in answer.lines] == ["arthur@iwdemo.fr"]
    assert [one.name for one in answer.overruled] == ["[groupetc@iwdemo.fr]"]


def test_who_is_outside_is_told_so(cast):
    factories.make_grant(cast.room.folder, Principal.ACCOUNT, cast.paul.id, FULL)
    answer = explained(cast.paul, cast.room)
    assert (answer.verdict, answer.rights, answer.ways) == (why.OUTSIDE, Right.NONE, ())


def test_what_shuts_the_room_comes_first(cast):
    cast.arthur.has_webdav = False
    db.session.commit()
    assert explained(cast.arthur, cast.room).verdict == why.SWITCHED_OFF
    cast.group.has_teamchat = False
    db.session.commit()
    assert explained(cast.jean, cast.room).verdict == why.GROUP_OFF
    db.session.query(Service).filter_by(name=ServiceName.TEAMCHAT).one().is_running = False
    db.session.commit()
    assert explained(cast.jean, cast.room).verdict == why.SERVICE_STOPPED


def test_caps_are_named(cast):
    cast.room.state = RoomState.ARCHIVED
    cast.arthur.state = AccountState.MUTED
    db.session.commit()
    answer = explained(cast.arthur, cast.room)
    assert answer.caps == (why.ARCHIVED, why.MUTED) and answer.rights == READ


def test_an_empty_list_and_an_owner(cast):
    cast.room.has_own_list = True
    db.session.commit()
    assert explained(cast.arthur, cast.room).verdict == why.NO_LINE
    room = factories.make_private_room(cast.paul)
    assert explained(cast.paul, room).verdict == why.OWNER


def test_the_number_of_statements_is_fixed(cast, count_statements):
    def cost():
        with count_statements() as seen:
            why.explain(cast.arthur, cast.room)
        return len(seen)

    cost()
    few = cost()
    for number in range(8):
        group = factories.make_group(cast.domain, f"inner{number}")
        factories.add_member(group, cast.arthur)
        factories.add_member(cast.group, group)
        factories.make_grant(cast.room.folder, Principal.GROUP, group.id, READ)
    assert cost() == few


def test_explanation_and_answer_agree_for_random_companies(cast):
    chance = random.Random(3)
    guest = factories.make_account(cast.other_domain, "bruno", is_guest=True)
    people = [cast.arthur, cast.jean, cast.paul, cast.autrui, guest]
    rooms = [cast.room, factories.make_private_room(cast.jean, cast.paul, guest)]
    for number in range(4):
        group = factories.make_group(cast.domain, f"g{number}")
        factories.add_member(group, chance.choice([*people[:4], cast.domain]))
        factories.add_member(group, cast.group)
        rooms += [factories.make_room(group, "a"), factories.make_room(group, "b", has_own_list=True)]
        factories.join_room(rooms[-1], guest)
    for room in rooms:
        for _ in range(3):
            principal = chance.choice(list(Principal))
            named = {Principal.ACCOUNT: chance.choice(people).id, Principal.GROUP: cast.group.id}
            named[Principal.DOMAIN] = cast.domain.id
            try:
                with db.session.begin_nested():
                    factories.make_grant(room, principal, named.get(principal, 0), chance.randrange(4096))
            except Exception:
                continue
    verdicts = {explained(person, room).verdict for person in people for room in rooms}
    assert {why.LINES, why.OUTSIDE} <= verdicts
