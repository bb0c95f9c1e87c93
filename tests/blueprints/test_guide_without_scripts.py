"""The main path of the guide without scripts: an administrator turns a group into a room, and its members talk in it.

Every page is asked for whole and every form is sent as it stands in the page, so each works without JavaScript too.
"""

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Account, AuditEntry, Domain, Group, Message, Role, Room, Service, ServiceName
from tests.support import factories
from tests.support.factories import PASSWORD
from tests.support.forms import form_in

FRENCH = {"Accept-Language": "fr"}


@pytest.fixture
def server(app):
    """Make a server with its administrator only."""
    return factories.make_account(
        factories.make_domain("iwdemo.fr", has_everything=False), "admin", role=Role.SERVER, language="fr"
    )


@pytest.fixture
def admin(server, visitor):
    """Return the browser of the administrator, signed in through the form."""
    sign_in(visitor, server.address)
    return visitor


def sign_in(browser, address):
    form = form_in(browser.get("/sign-in", headers=FRENCH).text, "password")
    answer = browser.post("/sign-in", data=form | {"address": address, "password": PASSWORD})
    assert answer.status_code == 303, answer.text


def send(browser, url, *, holding, without=(), **changes):
    """Open a page, change something in its form, send it, and look at what comes back."""
    form = form_in(browser.get(url).text, holding) | changes
    answer = browser.post(url, data={name: value for name, value in form.items() if name not in without})
    if answer.status_code == 303:
        return browser.get(answer.headers["Location"])
    return answer


def acts() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def make_person(admin, domain, name):
    page = send(
        admin, f"/admin/accounts/new?domain={domain.id}", holding="password", name=name, password=PASSWORD
    )
    assert page.status_code == 200
    return db.session.scalars(select(Account).where(Account.address == f"{name}@iwdemo.fr")).one()


def test_from_an_empty_server_to_two_people_talking(server, admin, client_of):
    domain = server.domain
    assert "Tableau de bord" in admin.get("/admin/").text
    page = send(
        admin,
        f"/admin/domains/{domain.id}/properties",
        holding="version",
        groupware="y",
        webdav="y",
        teamchat="y",
    )
    assert page.status_code == 200
    assert db.session.get(Domain, domain.id).has_teamchat

    arthur, jean, paul = (make_person(admin, domain, name) for name in ("arthur", "jean", "paul"))
    assert arthur.has_teamchat

    send(admin, f"/admin/groups/new?domain={domain.id}", holding="name", name="groupetc")
    group = db.session.scalars(select(Group)).one()
    page = send(admin, f"/admin/groups/{group.id}/", holding="version", has_public_folder="y", teamchat="y")
    assert page.status_code == 200
    room = db.session.scalars(select(Room)).one()
    assert room.name == "TeamChat"

    chosen = {"member": [f"account:{arthur.id}", f"account:{jean.id}"]}
    added = admin.post(f"/admin/groups/{group.id}/members/add", data=chosen)
    assert added.status_code == 303
    members = admin.get(added.headers["Location"]).text
    assert "arthur@iwdemo.fr" in members and "paul@iwdemo.fr" not in members

    address = f"/webmail/rooms/{room.id}"
    said = client_of(arthur).post(f"{address}/messages", data={"body": "Bonjour **jean**"})
    assert said.status_code in (200, 201, 204, 303)
    assert "Bonjour <strong>jean</strong>" in client_of(jean).get(address).text
    assert client_of(paul).get(address).status_code == 404
    assert client_of(paul).post(f"{address}/messages", data={"body": "?"}).status_code == 404
    assert {"domain.features", "account.create", "group.create", "group.update"} <= set(acts())


def test_a_new_domain(admin):
    page = send(admin, "/admin/domains/new", holding="name", name="Autre.Example")
    assert page.status_code == 200 and "autre.example" in page.text
    assert "domain.create" in acts()


def test_an_account_is_changed(admin, server):
    arthur = make_person(admin, server.domain, "arthur")
    page = send(admin, f"/admin/accounts/{arthur.id}/", holding="version", name="Arthur Dent")
    assert page.status_code == 200 and "Arthur Dent" in page.text
    assert acts()[-1] == "account.update"


def test_a_member_leaves_by_the_button(people, client_of):
    admin = client_of(people.admin)
    entry = db.session.scalar(
        select(factories.MemberEntry.id).where(factories.MemberEntry.account_id == people.jean.id)
    )
    url = f"/admin/groups/{people.group.id}/members/{entry}/remove"
    assert "jean" in admin.get(url).text
    assert admin.post(url).status_code == 303
    assert client_of(people.jean).get(f"/webmail/rooms/{people.room.id}").status_code == 404
    assert client_of(people.arthur).get(f"/webmail/rooms/{people.room.id}").status_code == 200


def test_a_stopped_service_stops_the_room_and_loses_nothing(people, client_of):
    admin, arthur = client_of(people.admin), client_of(people.arthur)
    address = f"/webmail/rooms/{people.room.id}/messages"
    arthur.post(address, data={"body": "before"})
    assert admin.post("/admin/services/teamchat/stop").status_code == 303
    assert arthur.post(address, data={"body": "meanwhile"}).status_code == 503
    assert admin.post("/admin/services/teamchat/start").status_code == 303
    assert admin.post("/admin/services/teamchat/restart").status_code == 303
    arthur.post(address, data={"body": "after"})
    assert db.session.scalars(select(Message.body).order_by(Message.seq)).all() == ["before", "after"]
    assert db.session.scalar(select(Service.is_running).where(Service.name == ServiceName.TEAMCHAT))
    assert acts() == ["service.stop", "service.start", "service.restart"]


@pytest.mark.parametrize("who", ["rivale", "autrui"])
def test_another_tenant_finds_nothing_here(people, client_of, who):
    client = client_of(getattr(people, who))
    expected = 404 if who == "rivale" else 403
    for url in (
        f"/admin/domains/{people.domain.id}/properties",
        f"/admin/domains/{people.domain.id}/accounts",
        f"/admin/domains/{people.domain.id}/groups",
        f"/admin/accounts/{people.arthur.id}/",
        f"/admin/groups/{people.group.id}/",
        f"/admin/groups/{people.group.id}/members",
    ):
        assert client.get(url).status_code == expected, url
        assert client.post(url).status_code in (expected, 405), url
    assert client.get(f"/webmail/rooms/{people.room.id}").status_code == 404
