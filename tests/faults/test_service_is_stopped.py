"""TeamChat stopped and started: everybody is told, nothing can be said meanwhile, nothing is lost, nobody reloads."""

import pytest

from tests.support.faults.chatter import together
from tests.support.faults.company import assert_kept, until
from tests.support.faults.load import Load


@pytest.fixture
def stopped_for_good(company):
    """The service runs again after the test, whatever happens in it."""
    yield
    company.console.do("start_service")


@pytest.mark.parametrize("with_redis", [True, False], ids=["with redis", "redis dead"])
def test_all_stop_and_go_on_without_coming_again(company, stopped_for_good, with_redis):
    scene = company.stage.scene(people=4)
    chatters = company.on_both(scene.people)
    with together(chatters):
        for chatter in chatters:
            chatter.open(scene.room_id)
        if not with_redis:
            company.redis.kill()
        with Load(chatters, scene.room_id, pause=0.1) as load:
            load.wait_for_more(10)
            company.console.do("stop_service")
            stored = len(company.stage.messages(scene.room_id))
            for chatter in chatters:
                chatter.wait_for("service:stopped", timeout=4)
                refused = chatter.call("message:post", {"room_id": scene.room_id, "body": "now?"})
                assert refused["error"] == "service_stopped"
            assert len(company.stage.messages(scene.room_id)) == stored
            until(lambda: any(one.refusals for one in load.sent), 10, "refused")
            company.console.do("start_service")
            for chatter in chatters:
                chatter.wait_for("service:started", timeout=6)
                chatter.wait_for("room:reopen", timeout=6, room_id=scene.room_id)
            load.wait_for_more(10)
        assert any(one.refusals for one in load.sent)
        assert_kept(company.stage, scene.room_id, load.sent, chatters)
        assert all(chatter.connections == 1 for chatter in chatters)
