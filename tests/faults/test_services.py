"""Start, stop and restart in every process: the WebClient, and the services that TeamChat needs."""

import pytest

from tests.support.faults.chatter import together
from tests.support.faults.company import until


@pytest.fixture
def running_services(company):
    yield
    for name in ("teamchat", "groupware", "webdav", "webclient", "mail"):
        company.console.do("start_service", name)


def test_webclient_stops_and_starts_in_both_processes(company, running_services):
    scene = company.stage.scene(people=2)
    chatters = company.on_both(scene.people)
    path = f"/webmail/rooms/{scene.room_id}"
    with together(chatters):
        assert all("composer" in chatter.get(path) for chatter in chatters)
        company.console.do("stop_service", "webclient")
        for chatter in chatters:
            with pytest.raises(Exception, match="503"):
                chatter.get(path)
        company.console.do("start_service", "webclient")
        assert all("composer" in chatter.get(path) for chatter in chatters)


@pytest.mark.parametrize("name", ["groupware", "webdav"])
def test_teamchat_stops_with_its_dependencies_in_both_processes(company, running_services, name):
    scene = company.stage.scene(people=2)
    chatters = company.on_both(scene.people)
    with together(chatters):
        for chatter in chatters:
            chatter.open(scene.room_id)
        company.console.do("stop_service", name)
        for chatter in chatters:
            chatter.wait_for("service:stopped", timeout=4)
            refused = chatter.call("message:post", {"room_id": scene.room_id, "body": "now?"})
            assert refused["error"] == "service_stopped"
        company.console.do("start_service", name)
        for chatter in chatters:
            chatter.wait_for("service:started", timeout=6)
            chatter.wait_for("room:reopen", timeout=6, room_id=scene.room_id)


def test_service_restart_reopens_rooms_without_reconnection(company, running_services):
    scene = company.stage.scene(people=2)
    chatters = company.on_both(scene.people)
    with together(chatters):
        for chatter in chatters:
            chatter.open(scene.room_id)
        company.console.do("restart_service", "teamchat")
        for chatter in chatters:
            chatter.wait_for("room:reopen", timeout=6, room_id=scene.room_id)
            chatter.open(scene.room_id)
            assert chatter.call("message:post", {"room_id": scene.room_id, "body": "back"})["ok"]
        assert all(chatter.connections == 1 for chatter in chatters)


def test_connections_of_both_processes_are_added_up(company):
    from app.queries import dashboard

    scene = company.stage.scene(people=4)
    chatters = company.on_both(scene.people)

    def counted() -> tuple[int, int]:
        with company.stage.app.app_context():
            connections = dashboard.connections()
        return connections.windows, connections.open_rooms

    with together(chatters):
        for chatter in chatters:
            chatter.open(scene.room_id)
        until(lambda: counted() == (4, 4), 15, "all four counted", every=0.3)
    until(lambda: counted() == (0, 0), 30, "nobody counted", every=0.5)
