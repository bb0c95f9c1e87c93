"""Starting, stopping and restarting services."""

import pytest

from app.errors import Forbidden
from app.events import AccessChanged, ServiceStateChanged
from app.extensions import db
from app.models import AuditEntry, Service, ServiceName
from app.operations import services
from app.rules import services as service_rules
from app.rules.rights import access


def state_of(name: ServiceName) -> Service:
    return db.session.query(Service).filter_by(name=name).one()


def test_stopped_service_is_published_stored_and_audited(people, events):
    before = state_of(ServiceName.TEAMCHAT).since_at
    services.stop_service(people.admin, ServiceName.TEAMCHAT)
    service = state_of(ServiceName.TEAMCHAT)
    assert not service.is_running
    assert service.since_at > before
    assert ServiceStateChanged("teamchat", False) in events
    assert any(isinstance(fact, AccessChanged) for fact in events)
    entry = db.session.query(AuditEntry).filter_by(act="service.stop").one()
    assert (entry.actor_id, entry.object_name) == (people.admin.id, "teamchat")


def test_started_service_shows_rooms_again(people):
    services.stop_service(people.web_admin, ServiceName.TEAMCHAT)
    assert access.visible_rooms(people.arthur) == []
    services.start_service(people.web_admin, ServiceName.TEAMCHAT)
    assert [room_access.room.id for room_access in access.visible_rooms(people.arthur)] == [people.room.id]


@pytest.mark.parametrize("name", [ServiceName.GROUPWARE, ServiceName.WEBDAV])
def test_teamchat_stops_without_services_it_needs(people, name):
    services.stop_service(people.admin, name)
    assert not service_rules.state().chat_runs
    assert state_of(ServiceName.TEAMCHAT).is_running, "its own state stays: it comes back with the other"
    services.start_service(people.admin, name)
    assert service_rules.state().chat_runs


def test_restart_stops_and_starts_in_one_operation(people, events):
    services.restart_service(people.admin, ServiceName.TEAMCHAT)
    states = [fact.is_running for fact in events if isinstance(fact, ServiceStateChanged)]
    assert states == [False, True]
    assert db.session.query(AuditEntry).filter_by(act="service.restart").count() == 1


def test_unchanged_service_adds_no_audit_entry(people, events):
    services.start_service(people.admin, ServiceName.WEBDAV)
    assert events == []
    assert db.session.query(AuditEntry).count() == 0


@pytest.mark.parametrize("person", ["domain_admin", "arthur"])
@pytest.mark.parametrize(
    "operation", [services.start_service, services.stop_service, services.restart_service]
)
def test_only_server_and_web_administrators_change_services(people, person, operation):
    with pytest.raises(Forbidden):
        operation(getattr(people, person), ServiceName.TEAMCHAT)
    assert service_rules.state().chat_runs
