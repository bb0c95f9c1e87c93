"""Redis killed, restarted or frozen: acknowledgements never wait for it, and messages arrive without it."""

import statistics
import time

import pytest

from tests.support.faults.chat_client import ChatClient, together
from tests.support.faults.company import assert_kept
from tests.support.faults.load import Load

# Seconds for which Redis stands still; an acknowledgement must take far less.
FROZEN_SECONDS = 4.0


def test_killed_and_restarted_redis_loses_no_message(company):
    shared = company.workspace.shared(people=6)
    clients = company.on_both(shared.people)
    with together(clients):
        for client in clients:
            client.open(shared.room_id)
        with Load(clients, shared.room_id) as load:
            load.wait_for_more(20)
            company.redis.kill()
            load.wait_for_more(30)
            company.redis.start()
            load.wait_for_more(30)
        assert_kept(company.workspace, shared.room_id, load.sent, clients)
        assert all(client.connections == 1 for client in clients)


def test_frozen_redis_delays_no_acknowledgement(company):
    shared = company.workspace.shared(people=6)
    clients = company.on_both(shared.people)
    with together(clients):
        for client in clients:
            client.open(shared.room_id)
        with Load(clients, shared.room_id, pause=0.1) as load:
            load.wait_for_more(20)
            company.redis.freeze()
            frozen_at = time.monotonic()
            load.wait_for_more(20)
            time.sleep(FROZEN_SECONDS)
            company.redis.thaw()
            load.wait_for_more(20)
        asked_meanwhile = [
            message
            for message in load.accepted()
            if frozen_at < message.asked_at < frozen_at + FROZEN_SECONDS
        ]
        assert statistics.median(message.latency for message in asked_meanwhile) < FROZEN_SECONDS / 2
        assert_kept(company.workspace, shared.room_id, load.sent, clients)


@pytest.mark.parametrize("act", ["kill", "freeze"])
def test_last_message_reaches_the_other_process_without_redis(company, act):
    shared = company.workspace.shared()
    author, reader = company.on_both(shared.people)
    with together([author, reader]):
        author.open(shared.room_id)
        reader.open(shared.room_id)
        getattr(company.redis, act)()
        sent = author.post(shared.room_id, "the last word")
        assert sent.wait()["ok"]
        event = reader.wait_for("room:behind", timeout=4, room_id=shared.room_id)
        assert event["seq"] == 1
        reader.wait_for_all(shared.room_id, 1)
        assert not reader.heard("message:posted")


def test_edit_reaches_the_other_process_without_redis(company):
    shared = company.workspace.shared()
    author, reader = company.on_both(shared.people)
    with together([author, reader]):
        author.open(shared.room_id)
        reader.open(shared.room_id)
        message_id = author.post(shared.room_id, "wrogn").wait()["message_id"]
        reader.wait_for_all(shared.room_id, 1)
        company.redis.kill()
        changed = author.call("message:edit", {"message_id": message_id, "body": "right"})
        assert changed["ok"], changed
        reader.wait_for("room:behind", timeout=4, room_id=shared.room_id, change=changed["change"])
        page = reader.get(f"/webmail/rooms/{shared.room_id}/messages?changes={changed['change'] - 1}")
        assert "right" in page and "wrogn" not in page


def is_pushed(reader, seq: int) -> bool:
    """Return whether a message arrives as an event, not only by being fetched."""
    try:
        return reader.wait_for("message:posted", timeout=1, seq=seq)["seq"] == seq
    except AssertionError:
        return False


def test_hints_are_exchanged_again_after_redis_is_back(company):
    shared = company.workspace.shared()
    author, reader = company.on_both(shared.people)
    with together([author, reader]):
        author.open(shared.room_id)
        reader.open(shared.room_id)
        company.redis.kill()
        author.post(shared.room_id, "unheard").wait()
        reader.wait_for_all(shared.room_id, 1)
        company.redis.start()
        heard_in_a_row = 0
        while heard_in_a_row < 3:
            seq = author.post(shared.room_id, "heard again?").wait()["seq"]
            heard_in_a_row = heard_in_a_row + 1 if is_pushed(reader, seq) else 0
        before = len(reader.heard("room:behind"))
        seq = author.post(shared.room_id, "heard").wait()["seq"]
        reader.wait_for("message:posted", timeout=3, seq=seq)
        assert len(reader.heard("room:behind")) == before


def test_people_connect_and_post_while_redis_is_frozen(company):
    shared = company.workspace.shared(people=4)
    company.redis.freeze()
    with ChatClient(company.left, shared.people[0]) as client:
        client.open(shared.room_id)
        assert client.post(shared.room_id, "good morning").wait()["ok"]
