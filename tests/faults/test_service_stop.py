"""TeamChat stopped and started: everybody is notified, posts are refused meanwhile, nothing is lost."""

import pytest

from tests.support.faults.chat_client import together
from tests.support.faults.company import assert_kept, until
from tests.support.faults.load import Load


@pytest.fixture
def running_service(company):
    """Start the service again after the test, whatever its result."""
    yield
    company.console.do("start_service")


@pytest.mark.parametrize("with_redis", [True, False], ids=["with redis", "redis dead"])
def test_service_stop_and_start_need_no_reconnection(company, running_service, with_redis):
    shared = company.workspace.shared(people=4)
    clients = company.on_both(shared.people)
    with together(clients):
        for client in clients:
            client.open(shared.room_id)
        if not with_redis:
            company.redis.kill()
        with Load(clients, shared.room_id, pause=0.1) as load:
            load.wait_for_more(10)
            company.console.do("stop_service")
            stored = len(company.workspace.messages(shared.room_id))
            for client in clients:
                client.wait_for("service:stopped", timeout=4)
                refused = client.call("message:post", {"room_id": shared.room_id, "body": "now?"})
                assert refused["error"] == "service_stopped"
            assert len(company.workspace.messages(shared.room_id)) == stored
            until(lambda: any(message.refusals for message in load.sent), 10, "refused")
            company.console.do("start_service")
            for client in clients:
                client.wait_for("service:started", timeout=6)
                client.wait_for("room:reopen", timeout=6, room_id=shared.room_id)
            load.wait_for_more(10)
        assert any(message.refusals for message in load.sent)
        assert_kept(company.workspace, shared.room_id, load.sent, clients)
        assert all(client.connections == 1 for client in clients)
