"""Order of messages: the same for everybody, each message once, on whichever process."""

import threading
import uuid

import pytest

from tests.support.faults.chatter import Chatter, together
from tests.support.faults.company import assert_kept


def test_two_processes_deliver_messages_in_one_order(company):
    scene = company.stage.scene(people=4)
    chatters = company.on_both(scene.people)
    with together(chatters):
        for chatter in chatters:
            chatter.open(scene.room_id)
        sent = [
            chatter.post(scene.room_id, f"{turn} of {chatter.person.name}")
            for turn in range(25)
            for chatter in chatters
        ]
        assert_kept(company.stage, scene.room_id, sent, chatters)


def test_thousand_concurrent_messages_are_numbered_without_gap(company):
    scene = company.stage.scene(people=50)
    chatters = company.on_both(scene.people)
    with together(chatters):
        for chatter in chatters:
            chatter.open(scene.room_id)
        sent = [chatter.post(scene.room_id, f"message {turn}") for chatter in chatters for turn in range(20)]
        assert_kept(company.stage, scene.room_id, sent, chatters)
    assert [message.seq for message in company.stage.messages(scene.room_id)] == list(range(1, 1001))


@pytest.mark.parametrize("are_apart", [False, True], ids=["one process", "two processes"])
def test_concurrent_posts_with_one_client_id_store_one_message(company, are_apart):
    scene = company.stage.scene(people=2)
    first = Chatter(company.left, scene.people[0])
    second = Chatter(company.right if are_apart else company.left, scene.people[0])
    reader = Chatter(company.right, scene.people[1])
    with together([first, second, reader]):
        reader.open(scene.room_id)
        for turn in range(1, 16):
            start, client_id = threading.Barrier(2), str(uuid.uuid4())
            answers = post_at_once([first, second], scene.room_id, client_id, start)
            assert answers[0] == answers[1] and answers[0]["seq"] == turn, answers
        assert [message.seq for message in company.stage.messages(scene.room_id)] == list(range(1, 16))
        reader.wait_for_all(scene.room_id, 15)


def post_at_once(chatters, room_id, client_id, start):
    """Post with one client_id from all chatters at the same instant, and return the answers."""
    answers = {}

    def post(chatter):
        start.wait()
        answers[chatter] = chatter.post(room_id, "twice", client_id=client_id).wait()

    threads = [threading.Thread(target=post, args=(chatter,)) for chatter in chatters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[chatter] for chatter in chatters]


def test_two_windows_of_one_person_show_the_same(company):
    scene = company.stage.scene(people=2)
    windows = [Chatter(company.left, scene.people[0]), Chatter(company.left, scene.people[0])]
    other = Chatter(company.right, scene.people[1])
    with together([*windows, other]):
        for chatter in (*windows, other):
            chatter.open(scene.room_id)
        sent = [chatter.post(scene.room_id, "hello") for _ in range(10) for chatter in (*windows, other)]
        assert_kept(company.stage, scene.room_id, sent, [*windows, other])
        people = other.wait_for("presence", room_id=scene.room_id, count=1)["people"]
        assert len(people) == len({person["id"] for person in people})
        windows[0].close()
        later = other.post(scene.room_id, "still there?")
        assert_kept(company.stage, scene.room_id, [*sent, later], [windows[1], other])


def test_messages_of_another_room_are_not_delivered(company):
    scene, elsewhere = company.stage.scene(), company.stage.scene()
    here, there = Chatter(company.left, scene.people[0]), Chatter(company.left, elsewhere.people[0])
    with together([here, there]):
        here.open(scene.room_id)
        there.open(elsewhere.room_id)
        there.post(elsewhere.room_id, "secret").wait()
        there.wait_for_all(elsewhere.room_id, 1)
        here.post(scene.room_id, "after it").wait()
        here.wait_for_all(scene.room_id, 1)
        assert [data["room_id"] for data in here.heard("message:posted")] == [scene.room_id]
