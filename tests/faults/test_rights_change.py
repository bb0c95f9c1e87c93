"""Whatever takes a right away is felt on every process before the next message, and whatever gives it back as well.

The order is what counts: once the operation has returned, no later message may arrive. The witness is served by the
same process as the one who loses: what the witness has heard, the other would have heard too.
"""

import contextlib

import pytest

from tests.support.faults.changes import CHANGES, GONE, QUIET, SIGNED_OUT, STOPPED
from tests.support.faults.chatter import Chatter, together

SOON = 3
"""Seconds after which a test says that something does not come. The second that is promised is measured in bench/."""

CODES = {GONE: "not_found", QUIET: "forbidden", STOPPED: "service_stopped"}


@pytest.fixture
def running_service(company):
    """The service runs again after the test, whatever happens in it."""
    yield
    company.console.do("start_service")


def say(chatter, room_id: int, body: str = "a word") -> str | None:
    """Try once to post. Returns the code of the refusal, None when it was accepted."""
    answer = chatter.call("message:post", {"room_id": room_id, "body": body})
    return None if answer["ok"] else answer["error"]


def say_until_heard(author, witness, room_id: int) -> None:
    """Until the witness, who may have to knock again too, has heard a word that was said after the change."""
    for number in range(20):
        assert say(author, room_id, f"after {number}") is None
        with contextlib.suppress(AssertionError):
            witness.wait_until(lambda: max(said_by_others(witness, room_id)) > 1, 0.3, "heard")
            return
    raise AssertionError("the witness has not heard anything")


def said_by_others(chatter, room_id: int) -> list[int]:
    return [data["seq"] for data in chatter.heard("message:posted", room_id=room_id)]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_taken_is_gone_before_the_next_word_and_what_is_given_is_there(
    company, running_service, change
):
    place = company.stage.place(change.way, is_private=change.is_private, has_own_list=change.has_own_list)
    author = Chatter(company.left, place.author)
    witness, somebody = Chatter(company.right, place.witness), Chatter(company.right, place.somebody)
    with together([author, witness, somebody]):
        for chatter in (author, witness, somebody):
            chatter.open(place.room_id)
        assert say(author, place.room_id, "before") is None
        for chatter in (witness, somebody):
            chatter.wait_for("message:posted", room_id=place.room_id, seq=1)
        company.console.do(*change.take(place))
        assert_taken(company, place, change, author, witness, somebody)
        if change.give is not None:
            assert_given(company, place, change, author, somebody)


def assert_taken(company, place, change, author, witness, somebody):
    """From now on it is not heard, not sent, not opened; those who are not hit go on."""
    room_id = place.room_id
    stored = len(company.stage.messages(room_id))
    code = CODES.get(change.effect)
    assert say(author, room_id, "after") == (code if change.hits_all else None)
    if not change.hits_all:
        say_until_heard(author, witness, room_id)
        stored = len(company.stage.messages(room_id))
    if change.effect == SIGNED_OUT:
        somebody.wait_for("signed-out", SOON)
        somebody.wait_until(lambda: somebody.refused == "signed_out", SOON, "refused")
    else:
        assert say(somebody, room_id, "me too") == code
        told = {GONE: "room:removed", QUIET: "room:reopen", STOPPED: "service:stopped"}[change.effect]
        somebody.wait_for(told, SOON)
    if change.effect == GONE:
        for event in ("room:open", "room:read"):
            assert somebody.call(event, {"room_id": room_id, "seq": 1})["error"] == "not_found"
    assert len(company.stage.messages(room_id)) == stored
    if change.effect == QUIET and not change.hits_all:
        somebody.wait_for_all(room_id, stored)
    else:
        assert said_by_others(somebody, room_id) == [1]
        assert not [data for data in somebody.heard("room:unread", room_id=room_id) if data["seq"] > 1]


def assert_given(company, place, change, author, somebody):
    """The room appears, unasked; its next word is heard, and one's own is taken."""
    room_id = place.room_id
    if change.effect == SIGNED_OUT:
        company.console.do(*change.give(place))
        somebody = Chatter(company.right, company.stage.second_device(place.somebody))
    told = "service:started" if change.effect == STOPPED else "rooms:changed"
    before = len(somebody.heard(told))
    with somebody if change.effect == SIGNED_OUT else together([]):
        if change.effect != SIGNED_OUT:
            company.console.do(*change.give(place))
            somebody.wait_for(told, SOON, count=before + 1)
        if change.hits_all:
            author.wait_for(told, SOON, count=before + 1)
            author.open(room_id)
        somebody.open(room_id)
        assert say(author, room_id, "welcome back") is None
        somebody.wait_for_all(room_id, len(company.stage.messages(room_id)), SOON)
        assert say(somebody, room_id, "thank you") is None
