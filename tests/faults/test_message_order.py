"""Order of messages: the same for everybody, each message once, on whichever process."""

import threading
import uuid

import pytest

from tests.support.faults.chat_client import ChatClient, together
from tests.support.faults.company import assert_kept


def test_two_processes_deliver_messages_in_one_order(company):
    shared = company.workspace.shared(people=4)
    clients = company.on_both(shared.people)
    with together(clients):
        for client in clients:
            client.open(shared.room_id)
        sent = [
            client.post(shared.room_id, f"{turn} of {client.person.name}")
            for turn in range(25)
            for client in clients
        ]
        assert_kept(company.workspace, shared.room_id, sent, clients)


def test_thousand_concurrent_messages_are_numbered_without_gap(company):
    shared = company.workspace.shared(people=50)
    clients = company.on_both(shared.people)
    with together(clients):
        for client in clients:
            client.open(shared.room_id)
        sent = [client.post(shared.room_id, f"message {turn}") for client in clients for turn in range(20)]
        assert_kept(company.workspace, shared.room_id, sent, clients)
    assert [message.seq for message in company.workspace.messages(shared.room_id)] == list(range(1, 1001))


@pytest.mark.parametrize("are_apart", [False, True], ids=["one process", "two processes"])
def test_concurrent_posts_with_one_client_id_store_one_message(company, are_apart):
    shared = company.workspace.shared(people=2)
    first = ChatClient(company.left, shared.people[0])
    second = ChatClient(company.right if are_apart else company.left, shared.people[0])
    reader = ChatClient(company.right, shared.people[1])
    with together([first, second, reader]):
        reader.open(shared.room_id)
        for turn in range(1, 16):
            start, client_id = threading.Barrier(2), str(uuid.uuid4())
            answers = post_at_once([first, second], shared.room_id, client_id, start)
            assert answers[0] == answers[1] and answers[0]["seq"] == turn, answers
        assert [message.seq for message in company.workspace.messages(shared.room_id)] == list(range(1, 16))
        reader.wait_for_all(shared.room_id, 15)


def post_at_once(clients, room_id, client_id, start):
    """Post with one client_id from all clients at the same instant, and return the answers."""
    answers = {}

    def post(client):
        start.wait()
        answers[client] = client.post(room_id, "twice", client_id=client_id).wait()

    threads = [threading.Thread(target=post, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[client] for client in clients]


def test_two_windows_of_one_person_show_the_same(company):
    shared = company.workspace.shared(people=2)
    windows = [ChatClient(company.left, shared.people[0]), ChatClient(company.left, shared.people[0])]
    other = ChatClient(company.right, shared.people[1])
    with together([*windows, other]):
        for client in (*windows, other):
            client.open(shared.room_id)
        sent = [client.post(shared.room_id, "hello") for _ in range(10) for client in (*windows, other)]
        assert_kept(company.workspace, shared.room_id, sent, [*windows, other])
        people = other.wait_for("presence", room_id=shared.room_id, count=1)["people"]
        assert len(people) == len({person["id"] for person in people})
        windows[0].close()
        later = other.post(shared.room_id, "still there?")
        assert_kept(company.workspace, shared.room_id, [*sent, later], [windows[1], other])


def test_messages_of_another_room_are_not_delivered(company):
    shared, elsewhere = company.workspace.shared(), company.workspace.shared()
    here, there = ChatClient(company.left, shared.people[0]), ChatClient(company.left, elsewhere.people[0])
    with together([here, there]):
        here.open(shared.room_id)
        there.open(elsewhere.room_id)
        there.post(elsewhere.room_id, "secret").wait()
        there.wait_for_all(elsewhere.room_id, 1)
        here.post(shared.room_id, "after it").wait()
        here.wait_for_all(shared.room_id, 1)
        assert [data["room_id"] for data in here.heard("message:posted")] == [shared.room_id]
