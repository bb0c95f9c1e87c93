"""The Dashboard, its services and its readiness."""

import pytest

from app.extensions import db
from app.models import Service, ServiceName
from app.operations import services
from tests import factories


def runs(name: ServiceName) -> bool:
    return db.session.query(Service).filter_by(name=name).one().is_running


def test_the_dashboard_shows_services_readiness_and_counts(cast, client_of):
    factories.make_message(cast.room, cast.arthur)
    page = client_of(cast.admin).get("/admin/").text
    for words in (
        "TeamChat",
        "GroupWare",
        "WebDAV",
        "WebClient",
        "Outgoing mail",
        "Readiness",
        "Messages today",
    ):
        assert words in page
    assert "/admin/services/teamchat/stop" in page


def test_a_domain_administrator_sees_services_and_may_not_act(cast, client_of):
    client = client_of(cast.domain_admin)
    page = client.get("/admin/").text
    assert "TeamChat" in page
    assert "/admin/services/" not in page
    assert "Readiness" not in page
    for verb in ("start", "stop", "restart"):
        assert client.post(f"/admin/services/teamchat/{verb}").status_code == 403
    assert client.get("/admin/licence").status_code == 403
    assert runs(ServiceName.TEAMCHAT)


def test_a_user_does_not_enter(cast, client_of):
    assert client_of(cast.arthur).get("/admin/").status_code == 403


@pytest.mark.parametrize("who", ["admin", "web_admin"])
def test_stopping_and_starting_really_act(cast, client_of, who):
    client = client_of(getattr(cast, who))
    assert client.post("/admin/services/teamchat/stop").status_code == 303
    assert not runs(ServiceName.TEAMCHAT)
    assert "Stopped" in client.get("/admin/").text
    assert client.post("/admin/services/teamchat/start").status_code == 303
    assert runs(ServiceName.TEAMCHAT)
    assert client.post("/admin/services/teamchat/restart").status_code == 303


@pytest.mark.parametrize("name", ["groupware", "webdav"])
def test_what_teamchat_needs_is_stopped_only_after_an_answer(cast, client_of, name):
    client = client_of(cast.admin)
    asked = client.post(f"/admin/services/{name}/stop")
    assert asked.status_code == 422
    assert "TeamChat needs" in asked.text
    assert runs(ServiceName(name))
    assert client.post(f"/admin/services/{name}/stop", data={"confirmed": "1"}).status_code == 303
    assert not runs(ServiceName(name))
    assert "waits for" in client.get("/admin/").text


def test_with_teamchat_stopped_nothing_is_asked(cast, client_of):
    services.stop_service(cast.admin, ServiceName.TEAMCHAT)
    assert client_of(cast.admin).post("/admin/services/webdav/stop").status_code == 303


def test_an_unknown_service_is_not_found(cast, client_of):
    assert client_of(cast.admin).post("/admin/services/smtp/stop").status_code == 404


def test_the_services_refresh_as_a_fragment(cast, client_of):
    fragment = client_of(cast.admin).fragment("/admin/", "services").text
    assert "service-teamchat" in fragment
    assert "<html" not in fragment


def test_the_dashboard_costs_a_bounded_number_of_statements(cast, client_of, count_statements):
    client = client_of(cast.admin)
    with count_statements() as few:
        client.get("/admin/")
    for _ in range(5):
        domain = factories.make_domain()
        factories.make_room(factories.make_group(domain))
    with count_statements() as many:
        client.get("/admin/")
    assert len(many) <= len(few) <= 30
