"""MariaDB killed or restarted during a conversation: no acknowledged message is lost, and service resumes by itself."""

import time

import pytest

from tests.support.faults.chat_client import ChatClient, together
from tests.support.faults.company import assert_kept
from tests.support.faults.load import Load


@pytest.mark.parametrize("is_killed", [True, False], ids=["killed", "restarted"])
def test_acknowledged_messages_are_stored_once(company, is_killed):
    shared = company.workspace.shared(people=6)
    clients = company.on_both(shared.people)
    workers = company.left.worker_pids() + company.right.worker_pids()
    with together(clients):
        for client in clients:
            client.open(shared.room_id)
        with Load(clients, shared.room_id) as load:
            load.wait_for_more(20)
            if is_killed:
                company.mariadb.kill()
                time.sleep(1)
                company.mariadb.start()
            else:
                company.mariadb.restart()
            before = {message.client_id for message in load.accepted()}
            load.wait_for_more(30)
        assert before <= {message.client_id for message in company.workspace.messages(shared.room_id)}
        assert_kept(company.workspace, shared.room_id, load.sent, clients)
        assert all(client.connections == 1 for client in clients)
    assert company.left.worker_pids() + company.right.worker_pids() == workers


def test_missing_database_is_reported_and_posts_are_repeated(company):
    shared = company.workspace.shared()
    author, other = shared.people
    with ChatClient(company.left, author) as client:
        client.open(shared.room_id)
        company.mariadb.kill()
        refused = client.call("message:post", {"room_id": shared.room_id, "body": "now?"}, timeout=10)
        assert (refused["ok"], refused["error"]) == (False, "unavailable") and refused["message"]
        late = ChatClient(company.left, other)
        late.start()
        late.wait_until(lambda: late.refused, 15, "refused")
        sent = client.post(shared.room_id, "kept until it can be stored")
        company.mariadb.start()
        assert sent.wait()["seq"] == 1
        late.wait_until(lambda: late.is_connected, 10, "connected")
        late.open(shared.room_id)
        later = late.post(shared.room_id, "back")
        assert_kept(company.workspace, shared.room_id, [sent, later], [client])
        late.close()


def test_page_answers_once_the_database_is_back(company):
    shared = company.workspace.shared()
    client = ChatClient(company.left, shared.people[0])
    with client:
        company.mariadb.restart()
        end = time.monotonic() + 5
        while True:
            try:
                assert "data-last-seq" in client.get(f"/webmail/rooms/{shared.room_id}/messages?after=0")
                break
            except OSError:
                assert time.monotonic() < end
                time.sleep(0.1)
