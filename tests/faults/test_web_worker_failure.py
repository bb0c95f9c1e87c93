"""A web process killed at the worst moment: accepted messages are stored once, and repeated posts are answered."""

import os
import signal
import time

import pytest

from tests.support.faults.chat_client import ChatClient, together
from tests.support.faults.company import assert_kept, environment, until
from tests.support.faults.gateway import Gateway
from tests.support.faults.load import Load
from tests.support.servers import WebWorkers


@pytest.fixture(scope="module")
def server_behind_gateway(mariadb, redis, workspace):
    """Start a web server whose connection to the database can be cut: (server, gateway)."""
    server = WebWorkers(1, {})
    gateway = Gateway(server.folder / "gateway.sock", mariadb.socket)
    url = mariadb.url("faults").replace(str(mariadb.socket), str(gateway.path))
    server.env |= environment(url, redis)
    try:
        with server:
            yield server, gateway
    finally:
        gateway.close()


@pytest.fixture
def quiet_room(server_behind_gateway, workspace):
    """Open a room whose author's next commit is the one of their message.

    (server, gateway, shared, author).
    """
    server, gateway = server_behind_gateway
    shared = workspace.shared()
    with ChatClient(server, shared.people[0]) as author:
        author.open(shared.room_id)
        author.post(shared.room_id, "first").wait()
        yield server, gateway, shared, author


def kill_worker(server):
    """Send SIGKILL to the only worker; gunicorn starts another one."""
    (pid,) = server.worker_pids()
    os.kill(pid, signal.SIGKILL)
    until(lambda: pid not in server.worker_pids(), 10, "gone")


def test_worker_killed_after_commit_stores_the_message_once(quiet_room, workspace):
    server, gateway, shared, author = quiet_room
    gateway.hold_the_next_commit()
    sent = author.post(shared.room_id, "stored and not answered")
    assert gateway.is_held.wait(10)
    assert [message.body for message in workspace.messages(shared.room_id)] == [
        "first",
        "stored and not answered",
    ]
    assert not sent.is_settled.is_set()
    kill_worker(server)
    assert sent.wait() == {
        "ok": True,
        "seq": 2,
        "message_id": workspace.messages(shared.room_id)[1].message_id,
    }
    assert author.connections == 2
    assert len(workspace.messages(shared.room_id)) == 2
    author.wait_for_all(shared.room_id, 2)


def test_lost_answer_to_a_commit_stores_the_message_once(quiet_room, workspace):
    _server, gateway, shared, author = quiet_room
    gateway.lose_the_next_commit()
    sent = author.post(shared.room_id, "stored, and the connection is gone")
    assert gateway.is_held.wait(10)
    assert sent.wait()["seq"] == 2
    assert author.connections == 1
    assert [message.seq for message in workspace.messages(shared.room_id)] == [1, 2]
    author.wait_for_all(shared.room_id, 2)


@pytest.mark.long
def test_repeatedly_killed_workers_lose_no_message(company):
    shared = company.workspace.shared(people=6)
    clients = company.on_both(shared.people)
    with together(clients):
        for client in clients:
            client.open(shared.room_id)
        with Load(clients, shared.room_id) as load:
            for turn in range(3):
                load.wait_for_more(20)
                kill_worker((company.left, company.right)[turn % 2])
                time.sleep(0.3)
            load.wait_for_more(20)
        assert_kept(company.workspace, shared.room_id, load.sent, clients)
        assert all(client.connections > 1 for client in clients)


@pytest.mark.long
def test_frozen_and_killed_worker_loses_no_message(company):
    shared = company.workspace.shared(people=4)
    clients = company.on_both(shared.people)
    with together(clients):
        for client in clients:
            client.open(shared.room_id)
        with Load(clients, shared.room_id) as load:
            load.wait_for_more(10)
            (pid,) = company.left.worker_pids()
            os.kill(pid, signal.SIGSTOP)
            time.sleep(1)
            os.kill(pid, signal.SIGKILL)
            load.wait_for_more(20)
        assert_kept(company.workspace, shared.room_id, load.sent, clients)
