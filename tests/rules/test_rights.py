"""The decision table of rights, entry by entry, and random facts against a slow and obvious reference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models import FOLDER_SCOPE, ROOM_SCOPE, Principal, RoomKind, RoomState
from app.rules.rights import (
    FULL,
    MODERATE,
    PRESETS,
    READ,
    WRITE,
    AclEntry,
    Basis,
    Cap,
    Person,
    Right,
    RoomFacts,
    decide,
    preset_of,
)

ARTHUR = Person(account_id=1, domain_id=10, group_ids=frozenset({100, 200}))
GUEST = Person(account_id=2, domain_id=99, group_ids=frozenset(), is_guest=True)
PUBLIC = RoomFacts((FOLDER_SCOPE, 5), RoomKind.PUBLIC, group_id=100, members=frozenset({2}))
OWNED = RoomFacts((ROOM_SCOPE, 7), RoomKind.PRIVATE, members=frozenset({1, 2}), owners=frozenset({1, 2}))


def entry(principal, rights, principal_id=0):
    return AclEntry(Principal(principal), principal_id, rights)


def rights_of(person, room, entries):
    return decide(person, room, entries).rights


@pytest.mark.parametrize(
    "person, room, basis",
    [
        (ARTHUR, OWNED._replace(does_service_run=False), Basis.SERVICE_STOPPED),
        (ARTHUR._replace(has_teamchat=False), OWNED, Basis.SWITCHED_OFF),
        (ARTHUR, OWNED._replace(state=RoomState.DELETED), Basis.DELETED),
        (ARTHUR, PUBLIC._replace(is_group_on=False), Basis.GROUP_OFF),
        (ARTHUR, PUBLIC._replace(group_id=300), Basis.OUTSIDE),
        (ARTHUR, OWNED._replace(members=frozenset()), Basis.OUTSIDE),
        (GUEST, PUBLIC._replace(members=frozenset()), Basis.OUTSIDE),
    ],
)
def test_closed_room_gives_no_rights(person, room, basis):
    decision = decide(person, room._replace(owners=room.members), [entry("account", FULL, 1)])
    assert decision == (Right.NONE, basis, (), (), ())
    assert not decision.is_inside


def test_entry_of_their_own_opens_no_public_room_to_accounts():
    room = PUBLIC._replace(group_id=300, members=frozenset({1}))
    assert decide(ARTHUR, room, [entry("account", FULL, 1)]).basis is Basis.OUTSIDE


def test_empty_list_gives_nothing():
    assert decide(ARTHUR, PUBLIC, []) == (Right.NONE, Basis.NO_ENTRY, (), (), ())


@pytest.mark.parametrize(
    "special, general",
    [
        (("account", 1), ("group", 100)),
        (("group", 100), ("domain", 10)),
        (("domain", 10), ("members", 0)),
        (("domain", 10), ("anyone", 0)),
    ],
)
def test_most_specific_principal_decides_alone(special, general):
    overruled, deciding = entry(general[0], FULL, general[1]), entry(special[0], READ, special[1])
    decision = decide(ARTHUR, PUBLIC, [overruled, deciding])
    assert decision == (READ, Basis.ENTRIES, (deciding,), (overruled,), ())


def test_entries_of_several_groups_add_up():
    entries = [entry("group", READ, 100), entry("group", FULL, 200), entry("group", FULL, 300)]
    decision = decide(ARTHUR, PUBLIC, entries)
    assert (decision.rights, decision.deciding) == (FULL, tuple(entries[:2]))


def test_entry_about_somebody_else_does_not_count():
    entries = [
        entry("account", FULL, 2),
        entry("group", FULL, 300),
        entry("domain", FULL, 11),
        entry("guests", FULL),
    ]
    assert decide(ARTHUR, PUBLIC, entries) == (Right.NONE, Basis.NO_ENTRY, (), (), ())


def test_owner_holds_everything():
    assert decide(ARTHUR, OWNED, []) == (FULL, Basis.OWNER, (), (), ())


def test_public_room_has_no_owner():
    room = PUBLIC._replace(members=frozenset({1}), owners=frozenset({1}))
    assert decide(ARTHUR, room, []).basis is Basis.NO_ENTRY


def test_guest_is_matched_by_own_entry_then_by_guests_and_by_no_other():
    assert rights_of(GUEST, PUBLIC, [entry("guests", WRITE)]) == WRITE
    assert rights_of(GUEST, PUBLIC, [entry("guests", WRITE), entry("account", READ, 2)]) == READ
    others = [entry("members", FULL), entry("anyone", FULL), entry("domain", FULL, 99)]
    assert decide(GUEST, PUBLIC, others).basis is Basis.NO_ENTRY


def test_guest_never_holds_folders_or_administration():
    decision = decide(GUEST, OWNED, [entry("account", FULL, 2)])
    assert decision.rights == MODERATE & ~Right.ADMINISTRATION_INVITE & ~Right.ADMINISTRATION_KICK
    assert decision.rights & Right.FOLDER_READ and not decision.rights & Right.FOLDER_RENAME
    assert decision.caps == (Cap.GUEST,)


@pytest.mark.parametrize(
    "person, room, cap",
    [
        (ARTHUR, OWNED._replace(state=RoomState.ARCHIVED), Cap.ARCHIVED),
        (ARTHUR._replace(is_muted=True), OWNED, Cap.MUTED),
        (ARTHUR, OWNED._replace(is_licensed=False), Cap.UNLICENSED),
    ],
)
def test_read_only_leaves_reading(person, room, cap):
    assert decide(person, room, []) == (READ, Basis.OWNER, (), (), (cap,))


def test_every_cap_is_named():
    room = PUBLIC._replace(state=RoomState.ARCHIVED, is_licensed=False)
    decision = decide(GUEST._replace(is_muted=True), room, [entry("guests", Right.ITEMS_READ)])
    assert decision.rights == Right.NONE and decision.caps == tuple(Cap)


def test_rights_without_folder_read_are_none():
    decision = decide(ARTHUR, PUBLIC, [entry("account", FULL & ~Right.FOLDER_READ, 1)])
    assert decision.rights == Right.NONE and decision.caps == (Cap.HIDDEN,)
    assert decision.is_inside


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_recognised(name):
    assert preset_of(PRESETS[name]) == name


def test_anything_else_is_custom():
    assert preset_of(WRITE | Right.FOLDER_RENAME) == "custom"


def test_each_preset_contains_the_previous_one():
    assert list(PRESETS.values()) == sorted(PRESETS.values(), key=lambda value: bin(value).count("1"))
    assert READ < WRITE and WRITE & READ == READ and MODERATE & WRITE == WRITE and FULL & MODERATE == MODERATE


ids = st.sampled_from([0, 1, 2, 10, 11, 99, 100, 200, 300])
some_accounts = st.frozensets(st.sampled_from([1, 2]))
lists = st.lists(
    st.builds(
        AclEntry,
        principal=st.sampled_from(Principal),
        principal_id=ids,
        rights=st.integers(0, 4095).map(Right),
    ),
    max_size=12,
)
people = st.builds(
    Person,
    account_id=st.sampled_from([1, 2]),
    domain_id=st.sampled_from([10, 11]),
    group_ids=st.frozensets(st.sampled_from([100, 200, 300])),
    is_guest=st.booleans(),
    is_muted=st.booleans(),
    has_teamchat=st.sampled_from([True, True, True, False]),
)
rooms = st.builds(
    RoomFacts,
    scope=st.just((ROOM_SCOPE, 7)),
    kind=st.sampled_from(RoomKind),
    state=st.sampled_from(RoomState),
    group_id=st.sampled_from([None, 100, 200]),
    is_group_on=st.sampled_from([True, True, True, False]),
    members=some_accounts,
    owners=some_accounts,
    does_service_run=st.sampled_from([True, True, True, False]),
    is_licensed=st.booleans(),
).map(lambda room: room._replace(owners=room.owners & room.members))


def is_open(person, room):
    """Return whether a room is open to a person, spelt out."""
    if not room.does_service_run or not person.has_teamchat:
        return False
    if room.state.value == "deleted" or not room.is_group_on:
        return False
    if room.kind.value == "public" and not person.is_guest:
        return room.group_id in person.group_ids
    return person.account_id in room.members


def obvious(person, room, entries):
    """Return the same rights the long way round, with plain numbers."""
    if not is_open(person, room):
        return 0
    if room.kind.value != "public" and person.account_id in room.owners and not person.is_guest:
        total = 4095
    else:
        levels = {"account": [], "group": [], "domain": [], "rest": []}
        for entry in entries:
            kind = entry.principal.value
            if kind == "account" and entry.principal_id == person.account_id:
                levels["account"].append(int(entry.rights))
            elif person.is_guest:
                if kind == "guests":
                    levels["rest"].append(int(entry.rights))
            elif kind == "group" and entry.principal_id in person.group_ids:
                levels["group"].append(int(entry.rights))
            elif kind == "domain" and entry.principal_id == person.domain_id:
                levels["domain"].append(int(entry.rights))
            elif kind in ("members", "anyone"):
                levels["rest"].append(int(entry.rights))
        total = 0
        for level in ("account", "group", "domain", "rest"):
            if levels[level]:
                for value in levels[level]:
                    total |= value
                break
    if person.is_guest:
        total &= 0b000000111111
    if room.state.value == "archived" or person.is_muted or not room.is_licensed:
        total &= 0b000000100001
    return total if total & 0b000000100000 else 0


@given(people, rooms, lists)
def test_decision_agrees_with_obvious_reference(person, room, entries):
    assert int(decide(person, room, entries).rights) == obvious(person, room, entries)


@given(people, rooms, lists)
def test_deciding_entries_and_caps_explain_rights(person, room, entries):
    decision = decide(person, room, entries)
    given_rights = FULL if decision.basis is Basis.OWNER else Right.NONE
    for entry in decision.deciding:
        given_rights |= entry.rights
    assert decision.rights in given_rights
    if not decision.caps:
        assert decision.rights == given_rights
    assert (decision.basis is Basis.ENTRIES) == bool(decision.deciding)
    assert not {*decision.deciding} - {*entries} and not {*decision.overruled} - {*entries}
    assert is_open(person, room) == decision.is_inside
    assert decision.is_inside or decision == (Right.NONE, decision.basis, (), (), ())
