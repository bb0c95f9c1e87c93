"""MariaDB killed or restarted during a conversation: no acknowledged message is lost, and service resumes by itself."""

import time

import pytest

from tests.support.faults.chatter import Chatter, together
from tests.support.faults.company import assert_kept
from tests.support.faults.load import Load


@pytest.mark.parametrize("is_killed", [True, False], ids=["killed", "restarted"])
def test_acknowledged_messages_are_stored_once(company, is_killed):
    scene = company.stage.scene(people=6)
    chatters = company.on_both(scene.people)
    workers = company.left.worker_pids() + company.right.worker_pids()
    with together(chatters):
        for chatter in chatters:
            chatter.open(scene.room_id)
        with Load(chatters, scene.room_id) as load:
            load.wait_for_more(20)
            if is_killed:
                company.mariadb.kill()
                time.sleep(1)
                company.mariadb.start()
            else:
                company.mariadb.restart()
            before = {message.client_id for message in load.accepted()}
            load.wait_for_more(30)
        assert before <= {message.client_id for message in company.stage.messages(scene.room_id)}
        assert_kept(company.stage, scene.room_id, load.sent, chatters)
        assert all(chatter.connections == 1 for chatter in chatters)
    assert company.left.worker_pids() + company.right.worker_pids() == workers


def test_missing_database_is_reported_and_posts_are_repeated(company):
    scene = company.stage.scene()
    author, other = scene.people
    with Chatter(company.left, author) as chatter:
        chatter.open(scene.room_id)
        company.mariadb.kill()
        refused = chatter.call("message:post", {"room_id": scene.room_id, "body": "now?"}, timeout=10)
        assert (refused["ok"], refused["error"]) == (False, "unavailable") and refused["message"]
        late = Chatter(company.left, other)
        late.start()
        late.wait_until(lambda: late.refused, 15, "refused")
        sent = chatter.post(scene.room_id, "kept until it can be stored")
        company.mariadb.start()
        assert sent.wait()["seq"] == 1
        late.wait_until(lambda: late.is_connected, 10, "connected")
        late.open(scene.room_id)
        later = late.post(scene.room_id, "back")
        assert_kept(company.stage, scene.room_id, [sent, later], [chatter])
        late.close()


def test_page_answers_once_the_database_is_back(company):
    scene = company.stage.scene()
    chatter = Chatter(company.left, scene.people[0])
    with chatter:
        company.mariadb.restart()
        end = time.monotonic() + 5
        while True:
            try:
                assert "data-last-seq" in chatter.get(f"/webmail/rooms/{scene.room_id}/messages?after=0")
                break
            except OSError:
                assert time.monotonic() < end
                time.sleep(0.1)
