"""*Comptes invités*: the list and page of the guide, from both sides."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Account, AccountState, ContactCard, RoomMember, now
from app.operations import bulk, guests
from tests.support import factories


@pytest.fixture
def bruno(people) -> Account:
    guest = factories.make_account(
        people.domain, "Bruno Tessier", address="bt@darnis.com", is_guest=True, sponsor_id=people.arthur.id
    )
    factories.join_room(people.room, guest)
    return guest


@pytest.fixture
def admin(people, client_of):
    return client_of(people.domain_admin)


def form_of(guest, **changes) -> dict:
    values = {
        "version": guest.row_version,
        "seen": "{}",
        "name": guest.name,
        "state": "enabled",
        "language": "",
    }
    return {**values, "sponsor": "arthur@iwdemo.fr", "expires_at": "", **changes}


def test_the_list_shows_who_answers_for_each_guest_and_where_they_are(admin, bruno):
    page = admin.get("/admin/guests/").text
    for words in (
        "Bruno Tessier",
        "bt_darnis.com<wbr>@##internalservicedomain.teamchat##",
        "arthur",
        "TeamChat",
        f"/admin/guests/{bruno.id}/",
    ):
        assert words in page, words
    assert "<html" not in admin.fragment("/admin/guests/?q=arthur", "list").text
    assert "Bruno" not in admin.get("/admin/guests/?q=personne").text


@pytest.mark.parametrize(
    "life, change, is_shown",
    [
        ("unverified", {"verified_at": None}, True),
        ("soon", {"expires_at": now() + timedelta(days=3)}, True),
        ("ended", {"expires_at": now() - timedelta(days=3)}, True),
        ("ended", {}, False),
        ("dormant", {}, False),
    ],
)
def test_the_list_is_narrowed_by_moments_of_life(admin, bruno, life, change, is_shown):
    for name, value in change.items():
        setattr(bruno, name, value)
    assert ("Bruno" in admin.fragment(f"/admin/guests/?life={life}", "list").text) is is_shown


def test_another_tenants_guests_do_not_exist(people, client_of, bruno):
    rivale = client_of(people.rivale)
    assert "Bruno" not in rivale.get("/admin/guests/").text
    assert "Bruno" not in rivale.get("/admin/guests/guests.csv").text
    for page in ("", "card", "rooms", "sessions", "history"):
        assert rivale.get(f"/admin/guests/{bruno.id}/{page}").status_code == 404
    for page in ("", "card", "delete", "sessions/1/revoke"):
        assert rivale.post(f"/admin/guests/{bruno.id}/{page}", data=form_of(bruno)).status_code == 404


def test_the_page_of_the_guide_is_shown_and_saved(people, admin, bruno):
    bruno.last_sign_in_at, bruno.last_sign_in_ip = now(), "192.0.2.7"
    page = admin.get(f"/admin/guests/{bruno.id}/").text
    assert "bt@darnis.com" in page and "192.0.2.7" in page
    changes = {"first_name": "Bruno", "last_name": "Tessier", "notes": "Notaire", "sponsor": "jean@iwdemo.fr"}
    assert admin.post(f"/admin/guests/{bruno.id}/", data=form_of(bruno, **changes)).status_code == 303
    card = db.session.get(ContactCard, bruno.id)
    assert (card.first_name, card.notes, bruno.sponsor_id) == ("Bruno", "Notaire", people.jean.id)
    stale = form_of(bruno, version=0, name="Autre")
    assert admin.post(f"/admin/guests/{bruno.id}/", data=stale).status_code == 422


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"expires_at": "2020-01-01"},
        {"expires_at": "demain"},
        {"sponsor": "personne@iwdemo.fr"},
        {"sponsor": "autrui@autre.example"},
        {"password": "court"},
        {"state": "deleted"},
    ],
)
def test_what_is_wrong_is_refused_and_kept_in_the_form(admin, bruno, change):
    answer = admin.post(f"/admin/guests/{bruno.id}/", data=form_of(bruno, notes="gardez-moi", **change))
    assert answer.status_code == 422 and "gardez-moi" in answer.text


def test_a_sponsor_who_is_refused_changes_nothing(people, admin, bruno):
    people.jean.state = AccountState.DISABLED
    db.session.commit()
    for sponsor in ("jean@iwdemo.fr", "autrui@autre.example"):
        wanted = form_of(bruno, name="Autre", notes="Notaire", sponsor=sponsor)
        assert admin.post(f"/admin/guests/{bruno.id}/", data=wanted).status_code == 422
        db.session.refresh(bruno)
        assert (bruno.name, bruno.sponsor_id) == ("Bruno Tessier", people.arthur.id)
        assert db.session.get(ContactCard, bruno.id) is None


def test_card_rooms_devices_and_history(people, admin, client_of, bruno):
    client_of(bruno)
    guests.invite_guests(
        people.arthur, factories.make_private_room(people.arthur, name="Offre"), "bt@darnis.com"
    )
    data = {"version": 0, "seen": "{}", "city": "Lille"}
    assert admin.post(f"/admin/guests/{bruno.id}/card", data=data).status_code == 303
    assert "Lille" in admin.get(f"/admin/guests/{bruno.id}/card").text
    page = admin.get(f"/admin/guests/{bruno.id}/rooms").text
    assert "TeamChat" in page and "Offre" in page
    assert "127.0.0.1" in admin.get(f"/admin/guests/{bruno.id}/sessions").text
    [device] = [one.id for one in __import__("app.queries.sessions", fromlist=["x"]).open_sessions(bruno)]
    assert admin.post(f"/admin/guests/{bruno.id}/sessions/{device}/revoke").status_code == 303
    assert admin.post(f"/admin/guests/{bruno.id}/sessions/{device}/revoke").status_code == 404
    assert admin.get(f"/admin/guests/{bruno.id}/history").status_code == 200


def test_a_guest_is_deleted_and_the_words_stay_signed(people, admin, client_of, bruno):
    factories.make_message(people.room, bruno, "Bonjour")
    assert admin.post(f"/admin/guests/{bruno.id}/delete").status_code == 303
    assert admin.get(f"/admin/guests/{bruno.id}/").status_code == 404
    assert (
        "Bruno Tessier (deleted guest)"
        in client_of(people.arthur).get(f"/webmail/rooms/{people.room.id}").text
    )


def test_many_at_once(people, bruno):
    collection = bulk.collection_named("guests")
    bruno.expires_at = now() + timedelta(days=3)
    db.session.commit()
    for name, values in (
        ("suspend", {}),
        ("enable", {}),
        ("extend", {}),
        ("change_sponsor", {"sponsor": people.jean.id}),
    ):
        action = collection.action(people.domain_admin, name)
        guest = collection.find(people.domain_admin, bruno.id)
        action.do(people.domain_admin, guest, values)
    assert bruno.state is AccountState.ENABLED and bruno.sponsor_id == people.jean.id
    assert bruno.expires_at > now() + timedelta(days=80)
    collection.action(people.domain_admin, "delete").do(people.domain_admin, bruno, {})
    assert bruno.state is AccountState.DELETED
    assert not db.session.scalars(select(RoomMember).where(RoomMember.account_id == bruno.id)).all()


def test_the_export_holds_what_the_list_is_narrowed_to(admin, bruno):
    assert "bt@darnis.com" in admin.get("/admin/guests/guests.csv").text
    assert "bt@darnis.com" not in admin.get("/admin/guests/guests.csv?state=disabled").text


def test_statements_do_not_grow_with_guests(people, admin, bruno, count_statements):
    with count_statements() as few:
        admin.get("/admin/guests/")
    with factories.in_one_commit():
        for number in range(20):
            factories.make_account(people.domain, f"g{number}", is_guest=True, sponsor_id=people.jean.id)
    with count_statements() as many:
        admin.get("/admin/guests/")
    assert len(many) <= len(few)


def test_rooms_of_others_are_counted_and_not_named(people, client_of, bruno):
    theirs = factories.make_room(people.other_group, "Fusion confidentielle")
    factories.join_room(theirs, bruno)
    own, all_of_them = client_of(people.domain_admin), client_of(people.admin)
    for url in ("/admin/guests/", f"/admin/guests/{bruno.id}/rooms", "/admin/guests/guests.csv"):
        assert "Fusion confidentielle" in all_of_them.get(url).text
        assert "Fusion" not in own.get(url).text
    assert "+1" in own.get("/admin/guests/").text
    assert "1 room that somebody else manages." in own.get(f"/admin/guests/{bruno.id}/rooms").text
