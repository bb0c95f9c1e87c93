"""Visible rooms: groups, switches, services and lists together, for one room and for all rooms alike."""

import random
from datetime import timedelta

import pytest

from app.errors import Invalid, NotFound, ServiceStopped
from app.extensions import db
from app.models import (
    AccessScope,
    Account,
    AccountState,
    DomainState,
    License,
    LicenseKind,
    MemberEntry,
    Principal,
    RoomState,
    Service,
    ServiceName,
    now,
)
from app.rules import services
from app.rules.rights import FULL, READ, WRITE, Right, access
from app.transaction import operation, touch_access
from tests.support import factories


def names(account):
    access.forget()
    return [room_access.room.name for room_access in access.visible_rooms(account)]


def test_room_is_visible_to_group_members_only(people):
    assert names(people.arthur) == names(people.jean) == ["TeamChat"]
    assert names(people.paul) == names(people.admin) == names(people.autrui) == []


@pytest.mark.parametrize("level", ["domain", "arthur"])
@pytest.mark.parametrize("feature", ["teamchat", "groupware", "webdav"])
def test_disabled_teamchat_at_any_level_hides_rooms(people, level, feature):
    setattr(getattr(people, level), f"has_{feature}", False)
    db.session.commit()
    assert names(people.arthur) == []


def test_disabled_account_and_suspended_domain_see_no_rooms(people):
    people.arthur.state = AccountState.DISABLED
    db.session.commit()
    assert names(people.arthur) == [] and names(people.jean) == ["TeamChat"]
    people.domain.state = DomainState.SUSPENDED
    db.session.commit()
    assert names(people.jean) == []


def test_group_without_teamchat_hides_and_keeps_rooms(people):
    people.group.has_teamchat = False
    db.session.commit()
    assert names(people.arthur) == []
    people.group.has_teamchat = True
    db.session.commit()
    assert names(people.arthur) == ["TeamChat"]


def test_stopped_service_is_the_reason_of_refusal(people):
    db.session.query(Service).filter_by(name=ServiceName.WEBDAV).one().is_running = False
    db.session.commit()
    assert names(people.arthur) == []
    with pytest.raises(ServiceStopped):
        access.find_room(people.arthur, people.room.id)


def test_private_room_is_visible_to_members_and_owner_has_all_rights(people):
    room = factories.make_private_room(people.paul, people.jean, name="Secret")
    assert names(people.paul) == ["Secret"] and names(people.arthur) == ["TeamChat"]
    assert access.find_room(people.paul, room.id).rights == FULL
    assert access.find_room(people.jean, room.id).rights == WRITE
    with pytest.raises(NotFound):
        access.find_room(people.arthur, room.id)


def test_list_of_room_replaces_list_of_folder(people):
    people.room.has_own_list = True
    db.session.commit()
    assert names(people.arthur) == []
    factories.make_grant(people.room, Principal.ANYONE, rights=READ)
    assert access.find_room(people.arthur, people.room.id).rights == READ


def test_guest_sees_only_rooms_with_own_entry(people):
    guest = factories.make_account(people.other_domain, "bruno", is_guest=True)
    other = factories.make_room(people.group, "Other")
    factories.join_room(people.room, guest)
    assert names(guest) == ["TeamChat"]
    assert not access.rights_in(guest, people.room.id) & Right.ADMINISTRATION_INVITE
    with pytest.raises(NotFound):
        access.find_room(guest, other.id)


def test_deleted_room_is_hidden_and_archived_room_read_only(people):
    people.room.state = RoomState.ARCHIVED
    db.session.commit()
    assert access.find_room(people.arthur, people.room.id).rights == READ
    people.room.state = RoomState.DELETED
    db.session.commit()
    with pytest.raises(NotFound):
        access.find_room(people.arthur, people.room.id)


def test_number_of_statements_does_not_depend_on_rooms_and_groups(people, count_statements):
    def statements():
        db.session.expire_all()
        with count_statements() as executed:
            access.visible_rooms(people.arthur)
        return len(executed)

    few = statements()
    for number in range(12):
        group = factories.make_group(people.domain, f"more{number}")
        factories.add_member(group, people.domain)
        for room in range(3):
            factories.make_room(group, f"room{room}")
    assert len(access.visible_rooms(people.arthur)) == 37
    assert statements() == few


def test_rights_in_one_room_equal_those_of_the_list(people):
    """Every account and every room of a few random trees of groups, lists and entries."""
    chance = random.Random(20261123)
    accounts = [people.arthur, people.jean, people.paul, people.autrui, people.rivale]
    groups = [factories.make_group(people.domain, f"g{number}") for number in range(5)]
    for outer in groups:
        for member in chance.sample([*accounts, people.domain, people.other_domain], 2):
            factories.add_member(outer, member)
    for outer, inner in chance.sample([(a, b) for a in groups for b in groups if a is not b], 6):
        factories.add_member(outer, inner)
    rooms = [factories.make_room(group, f"r{number}") for group in groups for number in range(3)]
    for room in chance.sample(rooms, 8):
        room.has_own_list = True
        db.session.commit()
        factories.make_grant(room, Principal.ACCOUNT, chance.choice(accounts).id, chance.randrange(FULL + 1))
        factories.make_grant(
            room, chance.choice([Principal.MEMBERS, Principal.ANYONE]), 0, chance.randrange(FULL + 1)
        )
    agreed = 0
    for person in accounts:
        listed = {room_access.room.id: room_access.rights for room_access in access.visible_rooms(person)}
        for room in rooms:
            access.forget()
            assert access.rights_in(person, room.id) == listed.get(room.id, Right.NONE)
            agreed += 1
    assert agreed == len(accounts) * len(rooms) and any(access.visible_rooms(person) for person in accounts)


def test_cached_rights_end_with_the_license(people, monkeypatch):
    end = now() + timedelta(seconds=60)
    factories.keep(License(kind=LicenseKind.TRIAL, holder="x", seats=5, reference="r", valid_until=end))
    assert access.rights_in(people.arthur, people.room.id) == WRITE
    for module in (services, access):
        monkeypatch.setattr(module, "now", lambda: end + timedelta(seconds=1))
    assert access.rights_in(people.arthur, people.room.id) == READ


def test_rights_are_cached_until_access_changes(people, count_statements):
    access.rights_in(people.arthur, people.room.id, epoch=1)
    with count_statements() as statements:
        access.rights_in(people.arthur, people.room.id, epoch=1)
    assert statements == []
    with count_statements() as statements:
        access.rights_in(people.arthur, people.room.id, epoch=2)
    assert statements


def test_uncommitted_change_of_access_is_visible_and_not_cached(people):
    entry = db.session.query(MemberEntry).filter_by(account_id=people.arthur.id).one()
    assert access.rights_in(people.arthur, people.room.id) == WRITE

    @operation(audited=False)
    def leave_and_change_ones_mind():
        db.session.delete(entry)
        touch_access(AccessScope.ACCOUNT, people.arthur.id)
        assert access.rights_in(people.arthur, people.room.id) == Right.NONE
        raise Invalid()

    with pytest.raises(Invalid):
        leave_and_change_ones_mind()
    assert access.rights_in(people.arthur, people.room.id) == WRITE


def test_rights_of_heard_rooms_are_cached(people, count_statements):
    access.forget()
    state = services.state()
    access.heard_rooms(people.arthur, state)
    with count_statements() as statements:
        assert access.rights_in(people.arthur, people.room.id, epoch=state.epoch) == WRITE
    assert statements == []
    with count_statements() as statements:
        access.rights_in(people.arthur, people.room.id, epoch=state.epoch + 1)
    assert statements


def switch(is_running):
    db.session.query(Service).filter_by(name=ServiceName.TEAMCHAT).one().is_running = is_running
    touch_access(AccessScope.EVERYBODY)


def test_service_started_during_refusal_does_not_hide_room(people, monkeypatch):
    operation(switch, audited=False)(False)
    real = services.state

    def tell_and_start():
        monkeypatch.setattr(services, "state", real)
        state = real()
        operation(switch, audited=False)(True)
        return state

    monkeypatch.setattr(services, "state", tell_and_start)
    access.require(people.arthur, Right.ITEMS_WRITE, people.room.id)
    operation(switch, audited=False)(False)
    monkeypatch.setattr(services, "state", tell_and_start)
    with pytest.raises(ServiceStopped):
        access.find_room(people.arthur, people.room.id)


def test_room_list_loads_few_columns_and_one_room_all(people, count_statements):
    db.session.expunge_all()
    listed = access.visible_rooms(db.session.get(Account, people.arthur.id))[0].room
    with count_statements() as statements:
        assert (listed.name, listed.group.name, listed.group.address) == (
            "TeamChat",
            "groupetc",
            "groupetc@iwdemo.fr",
        )
        assert listed.last_seq == 0 and listed.state is RoomState.ACTIVE and listed.created_at
    assert statements == []
    assert listed.topic is None and listed.group.domain.name == "iwdemo.fr"
    db.session.expunge_all()
    room = access.find_room(db.session.get(Account, people.arthur.id), people.room.id).room
    with count_statements() as statements:
        assert room.topic is None and room.intro is None and room.group.domain.name == "iwdemo.fr"
    assert statements == []


def test_license_that_ends_during_computation_is_not_cached(people, monkeypatch):
    """A remembered answer must end with the licence, although it was computed before its end."""
    end = now() + timedelta(seconds=60)
    factories.keep(License(kind=LicenseKind.TRIAL, holder="x", seats=5, reference="r", valid_until=end))
    state, moment = services.state(), end + timedelta(seconds=1)
    monkeypatch.setattr(services, "now", lambda: moment)
    monkeypatch.setattr(access, "now", lambda: moment)
    access.heard_rooms(people.arthur, state)
    assert (
        access.rights_in(people.arthur, people.room.id, epoch=state.epoch) & Right.ITEMS_WRITE == Right.NONE
    )


def test_epoch_is_read_without_service_rows(people):
    """A database that was restored in part: sockets would ask for it for ever otherwise."""
    db.session.query(Service).delete()
    db.session.commit()
    assert services.state().epoch == services.epoch()
    assert not services.state().chat_runs
