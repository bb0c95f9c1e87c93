"""Start, stop and restart in every process: the WebClient, and the services that TeamChat needs."""

import pytest

from tests.support.faults.chat_client import together
from tests.support.faults.company import until


@pytest.fixture
def running_services(company):
    yield
    for name in ("teamchat", "groupware", "webdav", "webclient", "mail"):
        company.console.do("start_service", name)


def test_webclient_stops_and_starts_in_both_processes(company, running_services):
    shared = company.workspace.shared(people=2)
    clients = company.on_both(shared.people)
    path = f"/webmail/rooms/{shared.room_id}"
    with together(clients):
        assert all("composer" in client.get(path) for client in clients)
        company.console.do("stop_service", "webclient")
        for client in clients:
            with pytest.raises(Exception, match="503"):
                client.get(path)
        company.console.do("start_service", "webclient")
        assert all("composer" in client.get(path) for client in clients)


@pytest.mark.parametrize("name", ["groupware", "webdav"])
def test_teamchat_stops_with_its_dependencies_in_both_processes(company, running_services, name):
    shared = company.workspace.shared(people=2)
    clients = company.on_both(shared.people)
    with together(clients):
        for client in clients:
            client.open(shared.room_id)
        company.console.do("stop_service", name)
        for client in clients:
            client.wait_for("service:stopped", timeout=4)
            refused = client.call("message:post", {"room_id": shared.room_id, "body": "now?"})
            assert refused["error"] == "service_stopped"
        company.console.do("start_service", name)
        for client in clients:
            client.wait_for("service:started", timeout=6)
            client.wait_for("room:reopen", timeout=6, room_id=shared.room_id)


def test_service_restart_reopens_rooms_without_reconnection(company, running_services):
    shared = company.workspace.shared(people=2)
    clients = company.on_both(shared.people)
    with together(clients):
        for client in clients:
            client.open(shared.room_id)
        company.console.do("restart_service", "teamchat")
        for client in clients:
            client.wait_for("room:reopen", timeout=6, room_id=shared.room_id)
            client.open(shared.room_id)
            assert client.call("message:post", {"room_id": shared.room_id, "body": "back"})["ok"]
        assert all(client.connections == 1 for client in clients)


def test_connections_of_both_processes_are_added_up(company):
    from app.queries import dashboard

    shared = company.workspace.shared(people=4)
    clients = company.on_both(shared.people)

    def counted() -> tuple[int, int]:
        with company.workspace.app.app_context():
            connections = dashboard.connections()
        return connections.windows, connections.open_rooms

    with together(clients):
        for client in clients:
            client.open(shared.room_id)
        until(lambda: counted() == (4, 4), 15, "all four counted", every=0.3)
    until(lambda: counted() == (0, 0), 30, "nobody counted", every=0.5)
