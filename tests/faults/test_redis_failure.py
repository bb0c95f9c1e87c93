"""Redis killed, restarted or frozen: acknowledgements never wait for it, and messages arrive without it."""

import statistics
import time

import pytest

from tests.support.faults.chatter import Chatter, together
from tests.support.faults.company import assert_kept
from tests.support.faults.load import Load

# Seconds for which Redis stands still; an acknowledgement must take far less.
FROZEN_SECONDS = 4.0


def test_killed_and_restarted_redis_loses_no_message(company):
    scene = company.stage.scene(people=6)
    chatters = company.on_both(scene.people)
    with together(chatters):
        for chatter in chatters:
            chatter.open(scene.room_id)
        with Load(chatters, scene.room_id) as load:
            load.wait_for_more(20)
            company.redis.kill()
            load.wait_for_more(30)
            company.redis.start()
            load.wait_for_more(30)
        assert_kept(company.stage, scene.room_id, load.sent, chatters)
        assert all(chatter.connections == 1 for chatter in chatters)


def test_frozen_redis_delays_no_acknowledgement(company):
    scene = company.stage.scene(people=6)
    chatters = company.on_both(scene.people)
    with together(chatters):
        for chatter in chatters:
            chatter.open(scene.room_id)
        with Load(chatters, scene.room_id, pause=0.1) as load:
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
        assert_kept(company.stage, scene.room_id, load.sent, chatters)


@pytest.mark.parametrize("act", ["kill", "freeze"])
def test_last_message_reaches_the_other_process_without_redis(company, act):
    scene = company.stage.scene()
    author, reader = company.on_both(scene.people)
    with together([author, reader]):
        author.open(scene.room_id)
        reader.open(scene.room_id)
        getattr(company.redis, act)()
        sent = author.post(scene.room_id, "the last word")
        assert sent.wait()["ok"]
        event = reader.wait_for("room:behind", timeout=4, room_id=scene.room_id)
        assert event["seq"] == 1
        reader.wait_for_all(scene.room_id, 1)
        assert not reader.heard("message:posted")


def test_edit_reaches_the_other_process_without_redis(company):
    scene = company.stage.scene()
    author, reader = company.on_both(scene.people)
    with together([author, reader]):
        author.open(scene.room_id)
        reader.open(scene.room_id)
        message_id = author.post(scene.room_id, "wrogn").wait()["message_id"]
        reader.wait_for_all(scene.room_id, 1)
        company.redis.kill()
        changed = author.call("message:edit", {"message_id": message_id, "body": "right"})
        assert changed["ok"], changed
        reader.wait_for("room:behind", timeout=4, room_id=scene.room_id, change=changed["change"])
        page = reader.get(f"/webmail/rooms/{scene.room_id}/messages?changes={changed['change'] - 1}")
        assert "right" in page and "wrogn" not in page


def test_hints_are_exchanged_again_after_redis_is_back(company):
    scene = company.stage.scene()
    author, reader = company.on_both(scene.people)
    with together([author, reader]):
        author.open(scene.room_id)
        reader.open(scene.room_id)
        company.redis.kill()
        author.post(scene.room_id, "unheard").wait()
        reader.wait_for_all(scene.room_id, 1)
        company.redis.start()
        while not reader.heard("message:posted"):
            author.post(scene.room_id, "heard again?").wait()
        before = len(reader.heard("room:behind"))
        seq = author.post(scene.room_id, "heard").wait()["seq"]
        reader.wait_for("message:posted", timeout=3, seq=seq)
        assert len(reader.heard("room:behind")) == before


def test_people_connect_and_post_while_redis_is_frozen(company):
    scene = company.stage.scene(people=4)
    company.redis.freeze()
    with Chatter(company.left, scene.people[0]) as chatter:
        chatter.open(scene.room_id)
        assert chatter.post(scene.room_id, "good morning").wait()["ok"]
