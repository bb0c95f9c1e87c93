"""The decision table of rights, line by line, and random lists against a slow and obvious reference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models import Principal
from app.rules import rights
from app.rules.rights import (
    FULL,
    MODERATE,
    PRESETS,
    READ,
    WRITE,
    Line,
    Person,
    Right,
    Standing,
    preset_of,
    resolve,
)

ARTHUR = Person(account_id=1, domain_id=10, group_ids=frozenset({100, 200}))
GUEST = Person(account_id=2, domain_id=99, group_ids=frozenset(), is_guest=True)
INSIDE = Standing(is_inside=True)


def line(principal, rights_, principal_id=0):
    return Line(Principal(principal), principal_id, rights_)


def test_who_is_not_inside_may_nothing_whatever_the_list_says():
    assert resolve(ARTHUR, Standing(is_inside=False), [line("account", FULL, 1)]) == Right.NONE


def test_an_empty_list_gives_nothing():
    assert resolve(ARTHUR, INSIDE, []) == Right.NONE


@pytest.mark.parametrize(
    "special, general",
    [
        (("account", 1), ("group", 100)),
        (("group", 100), ("domain", 10)),
        (("domain", 10), ("members", 0)),
        (("domain", 10), ("anyone", 0)),
    ],
)
def test_the_most_specific_principal_decides_alone(special, general):
    lines = [line(general[0], FULL, general[1]), line(special[0], READ, special[1])]
    assert resolve(ARTHUR, INSIDE, lines) == READ


def test_the_lines_of_several_groups_add_up():
    lines = [line("group", READ, 100), line("group", FULL, 200), line("group", FULL, 300)]
    assert resolve(ARTHUR, INSIDE, lines) == FULL


def test_a_line_about_somebody_else_does_not_count():
    lines = [
        line("account", FULL, 2),
        line("group", FULL, 300),
        line("domain", FULL, 11),
        line("guests", FULL),
    ]
    assert resolve(ARTHUR, INSIDE, lines) == Right.NONE


def test_an_owner_holds_everything():
    assert resolve(ARTHUR, Standing(is_inside=True, is_owner=True), []) == FULL


def test_a_guest_is_matched_by_own_line_then_by_guests_and_never_by_domain_or_everybody():
    assert resolve(GUEST, INSIDE, [line("guests", WRITE)]) == WRITE
    assert resolve(GUEST, INSIDE, [line("guests", WRITE), line("account", READ, 2)]) == READ
    assert (
        resolve(GUEST, INSIDE, [line("members", FULL), line("anyone", FULL), line("domain", FULL, 99)])
        == Right.NONE
    )


def test_a_guest_never_holds_folders_or_administration():
    capped = resolve(GUEST, Standing(is_inside=True, is_owner=True), [line("account", FULL, 2)])
    assert capped == MODERATE & ~Right.ADMINISTRATION_INVITE & ~Right.ADMINISTRATION_KICK
    assert capped & Right.FOLDER_READ and not capped & Right.FOLDER_RENAME


def test_read_only_leaves_reading():
    standing = Standing(is_inside=True, is_owner=True, is_read_only=True)
    assert resolve(ARTHUR, standing, []) == READ


def test_who_may_not_see_the_room_may_nothing_in_it():
    assert resolve(ARTHUR, INSIDE, [line("account", FULL & ~Right.FOLDER_READ, 1)]) == Right.NONE


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_recognised(name):
    assert preset_of(PRESETS[name]) == name


def test_anything_else_is_custom():
    assert preset_of(WRITE | Right.FOLDER_RENAME) == "custom"


def test_presets_grow():
    assert list(PRESETS.values()) == sorted(PRESETS.values(), key=lambda value: bin(value).count("1"))
    assert READ < WRITE and WRITE & READ == READ and MODERATE & WRITE == WRITE and FULL & MODERATE == MODERATE


lines_ = st.lists(
    st.builds(
        Line,
        principal=st.sampled_from(Principal),
        principal_id=st.sampled_from([0, 1, 2, 10, 11, 99, 100, 200, 300]),
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
)
standings = st.builds(Standing, is_inside=st.booleans(), is_owner=st.booleans(), is_read_only=st.booleans())


def obvious(person, standing, lines):
    """The same decision told the long way round, with plain numbers."""
    if not standing.is_inside:
        return 0
    if standing.is_owner and not person.is_guest:
        total = 4095
    else:
        levels = {"account": [], "group": [], "domain": [], "rest": []}
        for one in lines:
            kind = one.principal.value
            if kind == "account" and one.principal_id == person.account_id:
                levels["account"].append(int(one.rights))
            elif person.is_guest:
                if kind == "guests":
                    levels["rest"].append(int(one.rights))
            elif kind == "group" and one.principal_id in person.group_ids:
                levels["group"].append(int(one.rights))
            elif kind == "domain" and one.principal_id == person.domain_id:
                levels["domain"].append(int(one.rights))
            elif kind in ("members", "anyone"):
                levels["rest"].append(int(one.rights))
        total = 0
        for level in ("account", "group", "domain", "rest"):
            if levels[level]:
                for value in levels[level]:
                    total |= value
                break
    if person.is_guest:
        total &= 0b000000111111
    if standing.is_read_only:
        total &= 0b000000100001
    return total if total & 0b000000100000 else 0


@given(people, standings, lines_)
def test_the_resolver_agrees_with_the_obvious_reference(person, standing, lines):
    assert int(resolve(person, standing, lines)) == obvious(person, standing, lines)


@given(people, lines_)
def test_the_deciding_lines_explain_the_answer(person, lines):
    total, chosen = rights.decisive(person, lines)
    combined = Right.NONE
    for one in chosen:
        combined |= one.rights
    assert combined == total
    assert all(one in lines for one in chosen)
