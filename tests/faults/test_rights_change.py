"""Changes of rights: applied on every process before the next message, in both directions.

The order counts: once the operation has returned, no later message may arrive. The witness is served by the
same process as the affected person, so that whatever the witness has received the other would have received
too.
"""

import contextlib

import pytest

from tests.support.faults.changes import CHANGES, GONE, QUIET, SIGNED_OUT, STOPPED
from tests.support.faults.chat_client import ChatClient, together

# Seconds after which a test says that something does not come. The second that is promised is measured in
# bench/.
TIMEOUT = 3

CODES = {GONE: "not_found", QUIET: "forbidden", STOPPED: "service_stopped"}


@pytest.fixture
def running_service(company):
    """Start the service again after the test, whatever its result."""
    yield
    company.console.do("start_service")


def post(client, room_id: int, body: str = "a word") -> str | None:
    """Try once to post. Return the code of the refusal, None when it was accepted."""
    answer = client.call("message:post", {"room_id": room_id, "body": body})
    return None if answer["ok"] else answer["error"]


def post_until_received(author, witness, room_id: int) -> None:
    """Post until the witness, who may have to reopen the room, has received a message sent after the change."""
    for number in range(20):
        assert post(author, room_id, f"after {number}") is None
        with contextlib.suppress(AssertionError):
            witness.wait_until(lambda: max(received_seqs(witness, room_id)) > 1, 0.3, "heard")
            return
    raise AssertionError("the witness has not heard anything")


def received_seqs(client, room_id: int) -> list[int]:
    return [data["seq"] for data in client.heard("message:posted", room_id=room_id)]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_right_is_lost_before_the_next_message_and_regained(company, running_service, change):
    place = company.workspace.place(
        change.way, is_private=change.is_private, has_own_list=change.has_own_list
    )
    author = ChatClient(company.left, place.author)
    witness, affected = ChatClient(company.right, place.witness), ChatClient(company.right, place.somebody)
    with together([author, witness, affected]):
        for client in (author, witness, affected):
            client.open(place.room_id)
        assert post(author, place.room_id, "before") is None
        for client in (witness, affected):
            client.wait_for("message:posted", room_id=place.room_id, seq=1)
        company.console.do(*change.take(place))
        assert_taken(company, place, change, author, witness, affected)
        if change.give is not None:
            assert_given(company, place, change, author, affected)


def assert_taken(company, place, change, author, witness, affected):
    """Check that messages are no longer received, sent or opened, and that unaffected people go on."""
    room_id = place.room_id
    stored = len(company.workspace.messages(room_id))
    code = CODES.get(change.effect)
    assert post(author, room_id, "after") == (code if change.hits_all else None)
    if not change.hits_all:
        post_until_received(author, witness, room_id)
        stored = len(company.workspace.messages(room_id))
    if change.effect == SIGNED_OUT:
        affected.wait_for("signed-out", TIMEOUT)
        affected.wait_until(lambda: affected.refused == "signed_out", TIMEOUT, "refused")
    else:
        assert post(affected, room_id, "me too") == code
        event_name = {GONE: "room:removed", QUIET: "room:reopen", STOPPED: "service:stopped"}[change.effect]
        affected.wait_for(event_name, TIMEOUT)
    if change.effect == GONE:
        for event in ("room:open", "room:read"):
            assert affected.call(event, {"room_id": room_id, "seq": 1})["error"] == "not_found"
    assert len(company.workspace.messages(room_id)) == stored
    if change.effect == QUIET and not change.hits_all:
        affected.wait_for_all(room_id, stored)
    else:
        assert received_seqs(affected, room_id) == [1]
        assert not [data for data in affected.heard("room:unread", room_id=room_id) if data["seq"] > 1]


def assert_given(company, place, change, author, affected):
    """Check that the room appears unasked, its next message arrives, and posting is accepted."""
    room_id = place.room_id
    if change.effect == SIGNED_OUT:
        company.console.do(*change.give(place))
        affected = ChatClient(company.right, company.workspace.second_device(place.somebody))
    event_name = "service:started" if change.effect == STOPPED else "rooms:changed"
    before = len(affected.heard(event_name))
    with affected if change.effect == SIGNED_OUT else together([]):
        if change.effect != SIGNED_OUT:
            company.console.do(*change.give(place))
            affected.wait_for(event_name, TIMEOUT, count=before + 1)
        if change.hits_all:
            author.wait_for(event_name, TIMEOUT, count=before + 1)
            author.open(room_id)
        affected.open(room_id)
        assert post(author, room_id, "welcome back") is None
        affected.wait_for_all(room_id, len(company.workspace.messages(room_id)), TIMEOUT)
        assert post(affected, room_id, "thank you") is None
