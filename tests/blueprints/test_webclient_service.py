"""The service WebClient: stopped it closes /webmail/, and nothing else."""

import pytest

from app.models import ServiceName
from app.operations import services


@pytest.fixture
def stopped(people):
    services.stop_service(people.admin, ServiceName.WEBCLIENT)


def test_stopped_it_closes_its_pages_with_the_reason(people, client_of, stopped):
    answer = client_of(people.arthur).get("/webmail/rooms")
    assert answer.status_code == 503 and "WebClient is stopped" in answer.text


def test_programs_are_told_the_code(people, client_of, stopped):
    answer = client_of(people.arthur).get("/webmail/rooms", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["error"]) == (503, "webclient_stopped")


def test_webadmin_stays_open_and_starts_it_again(people, client_of, stopped):
    assert client_of(people.admin).get("/admin/").status_code == 200
    services.start_service(people.admin, ServiceName.WEBCLIENT)
    assert client_of(people.arthur).get("/webmail/rooms").status_code == 200


def test_strangers_are_asked_to_sign_in_first(visitor, stopped):
    assert visitor.get("/webmail/rooms").status_code in (302, 303)
