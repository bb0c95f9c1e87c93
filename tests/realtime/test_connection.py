"""Connection and disconnection of sockets."""

import pytest
from sqlalchemy.exc import OperationalError

from app.models import DomainState
from app.operations import domains, messages, sessions
from app.realtime import connection, hub, refresh
from app.rules import services
from tests.support.people import leave_the_group


def raise_database_gone(*_anything, **_options):
    raise OperationalError("SELECT", {}, Exception(2006, "MySQL server has gone away"))


@pytest.mark.fresh
def test_forged_disconnect_does_not_hide_a_client(people, window_of, watcher):
    jean = window_of(people.jean)
    jean.call("room:open", {"room_id": people.room.id})
    jean.say("disconnect", "server disconnect")
    assert len(hub.clients) == 1
    leave_the_group(people, people.jean)
    watcher.catch_up()
    messages.post_message(people.arthur, people.room.id, "without jean")
    assert jean.heard("message:posted") == []


def test_client_cannot_choose_its_address(people, window_of, client_of):
    jean = window_of(people.jean)
    (before,) = hub.clients.values()
    jean.say("connect", {"REMOTE_ADDR": "203.0.113.9"}, None)
    assert list(hub.clients.values()) == [before]


@pytest.mark.parametrize(
    "make_auth",
    [
        lambda people: {"account_id": people.jean.id},
        lambda people: {},
        lambda people: [1],
        lambda people: None,
    ],
)
def test_page_made_for_the_account_connects(people, window_of, make_auth):
    assert window_of(people.jean, auth=make_auth(people)).is_connected


@pytest.mark.parametrize("account_id", ["", "x", [], 0])
def test_page_made_for_another_account_is_refused(people, window_of, account_id):
    for made_for in (people.arthur.id, str(people.jean.id), account_id):
        assert not window_of(people.jean, auth={"account_id": made_for}).is_connected
    assert not hub.clients


def test_socket_without_database_is_refused_and_forgotten(people, window_of, monkeypatch):
    monkeypatch.setattr(connection, "watch_rooms", raise_database_gone)
    assert not window_of(people.jean).is_connected
    assert not hub.clients


@pytest.mark.fresh
def test_watcher_that_failed_to_start_is_started_by_the_next_socket(people, window_of, watcher, monkeypatch):
    watcher.epoch = None
    with monkeypatch.context() as while_it_is_gone:
        while_it_is_gone.setattr(services, "epoch", raise_database_gone)
        assert not window_of(people.arthur).is_connected
    jean = window_of(people.jean)
    jean.call("room:open", {"room_id": people.room.id})
    leave_the_group(people, people.jean)
    watcher.catch_up()
    assert jean.heard("room:removed")


@pytest.mark.fresh
def test_failed_refresh_of_a_socket_is_repeated(people, window_of, watcher, monkeypatch):
    jean = window_of(people.jean)
    jean.call("room:open", {"room_id": people.room.id})
    monkeypatch.setattr(refresh, "AGAIN", 0.01)
    leave_the_group(people, people.jean)
    with monkeypatch.context() as while_it_is_gone:
        while_it_is_gone.setattr(refresh.subscriptions, "watch_rooms", raise_database_gone)
        watcher.catch_up()
        assert not jean.heard("room:removed")
    watcher.catch_up()
    assert jean.heard("room:removed")


@pytest.mark.fresh
def test_session_revoked_while_connecting_is_refused(people, window_of, monkeypatch):
    signed_in = connection._signed_in

    def and_out_again(*arguments):
        client = signed_in(*arguments)
        sessions.revoke_all_sessions(people.admin, people.jean)
        return client

    monkeypatch.setattr(connection, "_signed_in", and_out_again)
    assert not window_of(people.jean).is_connected


@pytest.mark.fresh
def test_suspended_domain_disconnects_its_sockets(people, window_of, watcher):
    window = window_of(people.autrui)
    domains.update_domain(people.admin, people.other_domain, {"state": DomainState.SUSPENDED})
    watcher.catch_up()
    assert not window.is_connected and not hub.clients
