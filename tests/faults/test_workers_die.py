"""A web process killed at the worst moment: what was accepted is there once, and those who ask again are answered."""

import os
import signal
import time

import pytest

from tests.support.faults.chatter import Chatter, together
from tests.support.faults.company import assert_kept, environment, until
from tests.support.faults.gateway import Gateway
from tests.support.faults.load import Load
from tests.support.servers import WebWorkers


@pytest.fixture(scope="module")
def behind_a_gateway(mariadb, redis, stage):
    """A web server whose way to the database can be shut: (server, gateway)."""
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
def quiet_room(behind_a_gateway, stage):
    """(server, gateway, scene, author): an author whose next commit is the one of their message."""
    server, gateway = behind_a_gateway
    scene = stage.scene()
    with Chatter(server, scene.people[0]) as author:
        author.open(scene.room_id)
        author.post(scene.room_id, "first").wait()
        yield server, gateway, scene, author


def kill_the_worker(server):
    """SIGKILL to the only worker; gunicorn starts another one."""
    (pid,) = server.worker_pids()
    os.kill(pid, signal.SIGKILL)
    until(lambda: pid not in server.worker_pids(), 10, "gone")


def test_killed_between_commit_and_answer_it_is_posted_once_and_answered_the_second_time(quiet_room, stage):
    server, gateway, scene, author = quiet_room
    gateway.hold_the_next_commit()
    sent = author.post(scene.room_id, "stored and not answered")
    assert gateway.is_held.wait(10)
    assert [one.body for one in stage.messages(scene.room_id)] == ["first", "stored and not answered"]
    assert not sent.is_settled.is_set()
    kill_the_worker(server)
    assert sent.wait() == {"ok": True, "seq": 2, "message_id": stage.messages(scene.room_id)[1].message_id}
    assert author.connections == 2
    assert len(stage.messages(scene.room_id)) == 2
    author.wait_for_all(scene.room_id, 2)


def test_the_answer_to_a_commit_lost_on_the_way_from_the_database_is_found_out(quiet_room, stage):
    _server, gateway, scene, author = quiet_room
    gateway.lose_the_next_commit()
    sent = author.post(scene.room_id, "stored, and the connection is gone")
    assert gateway.is_held.wait(10)
    assert sent.wait()["seq"] == 2
    assert author.connections == 1
    assert [one.seq for one in stage.messages(scene.room_id)] == [1, 2]
    author.wait_for_all(scene.room_id, 2)


def test_killed_again_and_again_while_people_talk(company):
    scene = company.stage.scene(people=6)
    chatters = company.on_both(scene.people)
    with together(chatters):
        for chatter in chatters:
            chatter.open(scene.room_id)
        with Load(chatters, scene.room_id) as load:
            for turn in range(3):
                load.wait_for_more(20)
                kill_the_worker((company.left, company.right)[turn % 2])
                time.sleep(0.3)
            load.wait_for_more(20)
        assert_kept(company.stage, scene.room_id, load.sent, chatters)
        assert all(chatter.connections > 1 for chatter in chatters)


def test_frozen_and_then_killed_while_people_talk(company):
    scene = company.stage.scene(people=4)
    chatters = company.on_both(scene.people)
    with together(chatters):
        for chatter in chatters:
            chatter.open(scene.room_id)
        with Load(chatters, scene.room_id) as load:
            load.wait_for_more(10)
            (pid,) = company.left.worker_pids()
            os.kill(pid, signal.SIGSTOP)
            time.sleep(1)
            os.kill(pid, signal.SIGKILL)
            load.wait_for_more(20)
        assert_kept(company.stage, scene.room_id, load.sent, chatters)
