"""Acknowledgements of failed events: whether a retry makes sense."""

import pytest
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.realtime import chat


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OperationalError("INSERT", {}, Exception(2013, "Lost connection")), "unavailable"),
        (OperationalError("INSERT", {}, Exception(1114, "The table is full")), "unavailable"),
        (PoolTimeout(), "unavailable"),
        (DataError("INSERT", {}, Exception(1406, "Data too long")), "internal"),
        (IntegrityError("INSERT", {}, Exception(1452, "No such parent")), "internal"),
        (RuntimeError(), "internal"),
    ],
    ids=["lost", "full", "no connection left", "too long", "constraint", "program"],
)
def test_error_is_unavailable_only_if_a_retry_may_succeed(people, window_of, monkeypatch, error, code):
    def fail(*_anything, **_options):
        raise error

    jean = window_of(people.jean)
    monkeypatch.setattr(chat.messages, "post_message", fail)
    answer = jean.call("message:post", {"room_id": people.room.id, "body": "hello"})
    assert (answer["ok"], answer["error"]) == (False, code)


@pytest.mark.parametrize(
    "payload", [None, [], "x", 7, {"room_id": "1"}, {"room_id": True}, {"room_id": -1}, {"room_id": 2**63}]
)
@pytest.mark.parametrize("event", ["room:open", "room:read", "message:post", "message:edit", "typing:start"])
def test_malformed_payload_is_refused(people, window_of, event, payload):
    answer = window_of(people.jean).wire.emit(event, payload, callback=True)
    assert (answer["ok"], answer["error"]) == (False, "bad_payload")
