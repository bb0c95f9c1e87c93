"""Malformed requests that no form sends: names read as directives, other digits, days outside every time zone."""

import pytest

from app.extensions import db
from app.rules import licenses
from tests.support import factories
from tests.support.licenses import issue

LISTS = (
    *(
        "domains/",
        "domains/{domain}/accounts",
        "domains/{domain}/groups",
        "domains/{domain}/rooms",
        "guests/",
    ),
    *("administrators/", "journal", "groups/{group}/rooms"),
)
NO_NUMBERS = ("²", "5" * 5000, "-1", "")
FAR = "9999-12-31"


@pytest.mark.parametrize("address", LISTS)
def test_no_argument_of_an_address_is_an_order_to_the_framework(people, client_of, address):
    path = "/admin/" + address.format(domain=people.domain.id, group=people.group.id)
    orders = "endpoint=x&_method=x&_external=1&_scheme=ftp&_anchor=zz&values=1&form=y&domain_id=7&q=a"
    answer = client_of(people.admin).get(f"{path}?{orders}")
    assert answer.status_code == 200
    for order in ("ftp:", "#zz", "http://localhost"):
        assert order not in answer.text


@pytest.mark.parametrize("version", NO_NUMBERS)
def test_a_version_that_is_no_number_is_an_old_one(people, client_of, version):
    data = {"name": "X", "alias": "arthur", "state": "enabled", "version": version, "row_version": version}
    admin, arthur = client_of(people.admin), client_of(people.arthur)
    for address in (
        f"accounts/{people.arthur.id}/",
        f"domains/{people.domain.id}/properties",
        "mails/server",
    ):
        assert admin.post(f"/admin/{address}", data=data).status_code in (409, 422)
    for part in ("settings", "guests"):
        assert arthur.post(f"/webmail/rooms/{people.room.id}/{part}", data=data).status_code < 500


@pytest.mark.parametrize("key", NO_NUMBERS)
def test_a_key_that_is_no_number_names_nothing(people, client_of, key):
    admin = client_of(people.admin)
    for kind in ("accounts", "groups"):
        data = {"filter-domain": key, "action": "disable", "all": "1"}
        assert admin.post(f"/admin/actions/{kind}", data=data).status_code in (404, 422)
    data = {f"room-{key}": key, "sponsor": key, "address": "x"}
    assert admin.post(f"/admin/accounts/{people.arthur.id}/delete", data=data).status_code < 500
    data = {"shown": key, "right": "read"}
    assert admin.post(f"/admin/rights/room/{people.room.id}/save", data=data).status_code < 500


@pytest.mark.parametrize("what", ["accounts", "groups"])
def test_a_file_that_was_sent_as_text_is_none(people, client_of, what):
    data = {"domain": people.domain.id, "file": "name,address"}
    assert client_of(people.admin).post(f"/admin/{what}/import", data=data).status_code == 422


@pytest.mark.parametrize("header", ["Basic é", "Basic ", "Basic %%%", "Bearer x"])
def test_a_name_that_cannot_be_read_is_nobody(people, visitor, header):
    answer = visitor.post("/autodiscover/autodiscover.xml", headers={"Authorization": header})
    assert answer.status_code == 401


def test_a_day_that_not_every_zone_has_is_told_at_its_field(people, trial, client_of):
    admin = client_of(people.admin)
    assert issue(admin, valid_until=FAR).status_code == 422
    assert licenses.current_license().seats == 100
    guest = factories.make_account(people.domain, "Bruno", is_guest=True, sponsor_id=people.arthur.id)
    for day in (FAR, "2026-W53-1", "20991231", "2099-12-3²"):
        answer = admin.post(
            f"/admin/guests/{guest.id}/", data={"name": "Bruno", "expires_at": day, "version": 1}
        )
        assert answer.status_code == 422 and day in answer.text
        assert guest.expires_at is None


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "Pacific/Kiritimati"])
def test_the_last_day_that_is_taken_is_shown_everywhere(people, trial, client_of, zone):
    admin = client_of(people.admin)
    assert issue(admin, valid_until="9000-01-01").status_code == 303
    people.admin.time_zone = zone
    db.session.commit()
    for address in ("/admin/", "/admin/licence"):
        assert admin.get(address).status_code == 200
