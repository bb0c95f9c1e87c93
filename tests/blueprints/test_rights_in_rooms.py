"""The rights windows for people who hold the right in a room and administer nothing, from both sides."""

import json

import pytest

from app.extensions import db
from app.models import (
    Account,
    Folder,
    FolderKind,
    Group,
    MemberEntry,
    Principal,
    Role,
    Room,
    RoomKind,
    ServiceName,
)
from app.operations import rights as right_operations
from app.operations import services
from app.operations.rights import Subject
from app.rules.rights import FULL, READ, WRITE, Right, access, lists
from tests.support import factories
from tests.support.rights import address, rights, sent, words_of


@pytest.fixture
def folder(people) -> Folder:
    return db.session.query(Folder).filter_by(group_id=people.group.id, kind=FolderKind.TEAMCHAT).one()


@pytest.fixture
def private(people) -> Room:
    return factories.make_private_room(people.arthur, people.jean, name="Appel d’offres")


@pytest.fixture
def arthur(people, client_of):
    return client_of(people.arthur)


def guest_in(people, room: Room) -> Account:
    guest = factories.make_account(people.domain, "bt", address="bt@darnis.com", is_guest=True)
    factories.join_room(room, guest)
    return guest


def test_who_owns_a_private_room_changes_its_lines(people, arthur, private):
    data = sent(private, "members:0", preset="read")
    assert arthur.post(address(private, "/save"), data=data).location.endswith(address(private))
    assert rights(people.jean, private) == READ
    data = {"member": f"account:{people.jean.id}", "preset": "moderate"}
    assert arthur.post(address(private, "/add"), data=data).status_code == 303
    assert arthur.post(address(private, "/remove"), data=sent(private, "guests:0")).status_code == 303
    assert set(lists.snapshot(private)) & {"guests:0", "members:0"} == {"members:0"}


def test_who_may_change_rights_of_a_folder_reaches_it_from_its_rooms(people, arthur, folder):
    right_operations.set_grant(people.admin, people.room, Subject(Principal.ACCOUNT, people.arthur.id), FULL)
    assert address(folder) not in arthur.get(address(people.room)).text
    assert arthur.get(address(folder)).status_code == 403
    right_operations.set_grant(people.admin, folder, Subject(Principal.ACCOUNT, people.arthur.id), FULL)
    assert address(folder) in arthur.get(address(people.room)).text
    data = sent(folder, "guests:0", preset="read")
    assert arthur.post(address(folder, "/save"), data=data).status_code == 303


def test_who_may_not_or_may_not_know_is_refused(people, client_of, private):
    guest = guest_in(people, private)
    right_operations.set_grant(people.arthur, private, Subject(Principal.ACCOUNT, guest.id), FULL)
    before = lists.snapshot(private)
    accounts = ((people.jean, 403), (people.paul, 404), (people.autrui, 404), (guest, 403))
    for who, status in accounts:
        client = client_of(who)
        data = sent(private, "members:0", preset="full", member=f"account:{who.id}")
        for act in ("/save", "/remove", "/inherit", "/add"):
            assert client.post(address(private, act), data=data).status_code == status, (who.name, act)
        for url in (address(private), address(private, "/add"), f"/admin/rooms/{private.id}/matrix"):
            assert client.get(url).status_code == status, (who.name, url)
    assert lists.snapshot(private) == before


def test_direct_conversations_have_no_list(people, arthur):
    direct = factories.make_private_room(people.arthur, people.jean)
    direct.kind = RoomKind.DIRECT
    db.session.commit()
    assert arthur.get(address(direct)).status_code == 404
    assert address(direct) not in arthur.get(f"/webmail/rooms/{direct.id}").text


def test_the_page_leads_back_to_the_room_and_nowhere_into_webadmin(people, client_of, private):
    client = client_of(people.arthur)
    pages = ["", "/add", "?line=members:0"]
    pages = [address(private, page) for page in pages]
    pages += [f"/admin/rooms/{private.id}/{page}" for page in ("why", "matrix", f"why/{people.jean.id}")]
    for page in pages:
        answer = client.get(page)
        links = {part.split('"')[0] for part in answer.text.split('href="/')[1:]}
        inside = {link for link in links if link.startswith("admin/")}
        allowed = (f"admin/rights/room/{private.id}", f"admin/rooms/{private.id}/why")
        allowed += (f"admin/rooms/{private.id}/matrix",)
        assert answer.status_code == 200 and all(link.startswith(allowed) for link in inside), (page, inside)
        assert "WebAdmin" not in answer.text
    assert f'href="/webmail/rooms/{private.id}"' in client.get(address(private)).text
    assert "/admin/domains/" in client_of(people.admin).get(address(private)).text


def test_losing_ones_own_right_leads_back_to_the_room(people, arthur):
    line = f"account:{people.arthur.id}"
    for preset, place in (("read", f"/webmail/rooms/{people.room.id}"), ("none", "/webmail/")):
        right_operations.set_grant(
            people.admin, people.room, Subject(Principal.ACCOUNT, people.arthur.id), FULL
        )
        data = sent(people.room, line, preset=preset, answer="own_loss")
        assert arthur.post(address(people.room, "/save"), data=data).location.endswith(place)


def test_the_menu_of_the_room_offers_rights_to_who_holds_the_right(people, client_of, private):
    for who, offered in ((people.arthur, True), (people.jean, False)):
        page = client_of(who).get(f"/webmail/rooms/{private.id}").text
        assert (f'href="{address(private)}"' in page) is offered
    right_operations.set_grant(
        people.arthur, private, Subject(Principal.ACCOUNT, people.jean.id), WRITE | FULL
    )
    access.forget()
    assert address(private) in client_of(people.jean).get(f"/webmail/rooms/{private.id}").text


@pytest.fixture
def stranger(people) -> Account:
    """Somebody of the other domain who is in a room with arthur."""
    account = factories.make_account(people.other_domain, "connu")
    factories.make_private_room(people.arthur, account, name="Shared")
    return account


def test_the_picker_offers_only_whom_one_may_see(people, arthur, private, stranger):
    factories.make_group(people.domain, "secrets")
    shown = words_of(arthur.get(address(private, "/add")))
    assert "paul@iwdemo.fr" in shown and stranger.address in shown and "[members]" in shown
    assert people.autrui.address not in shown and people.rivale.address not in shown
    groups = words_of(arthur.get(address(private, "/add?kind=group")))
    assert "groupetc@iwdemo.fr" in groups and "secrets" not in groups and "ailleurs" not in groups
    domains = words_of(arthur.get(address(private, f"/add?kind=domain&domain={people.other_domain.id}")))
    assert "iwdemo.fr" in domains and "autre.example" not in domains
    forged = f"/add?member=account:{people.autrui.id}&member=account:{people.paul.id}"
    chosen = words_of(arthur.get(address(private, forged)))
    assert "1 chosen" in chosen and people.autrui.address not in chosen


def test_whom_one_may_not_see_is_not_put_on_a_list(people, arthur, private, stranger):
    hidden = factories.make_group(people.domain, "secrets")
    before = lists.snapshot(private)
    forged = [
        f"account:{people.autrui.id}",
        f"group:{hidden.id}",
        f"group:{people.other_group.id}",
        f"domain:{people.other_domain.id}",
    ]
    for subject in forged:
        data = {"member": [f"account:{people.paul.id}", subject], "preset": "read"}
        assert arthur.post(address(private, "/add"), data=data).status_code == 404, subject
        data = sent(private, subject, preset="read")
        assert arthur.post(address(private, "/save"), data=data).status_code == 404, subject
    assert lists.snapshot(private) == before
    fine = [f"account:{stranger.id}", f"group:{people.group.id}", f"domain:{people.domain.id}", "anyone:0"]
    assert arthur.post(address(private, "/add"), data={"member": fine, "preset": "read"}).status_code == 303


def test_a_line_that_stands_there_is_changed_whoever_put_it_there(people, arthur, private):
    factories.make_grant(private, Principal.ACCOUNT, people.autrui.id, WRITE)
    data = sent(private, f"account:{people.autrui.id}", preset="none")
    assert arthur.post(address(private, "/save"), data=data).status_code == 303


def test_nobody_of_elsewhere_is_asked_about(people, arthur, private):
    url = f"/admin/rooms/{private.id}/why"
    assert arthur.get(f"{url}/{people.jean.id}").status_code == 200
    for who in (people.paul, people.autrui):
        assert arthur.get(f"{url}/{who.id}").status_code == 404
    assert "Nobody matches." in arthur.get(f"{url}?q=autrui").text


def told(client, room: Room) -> str:
    shown = words_of(client.get(f"/webmail/rooms/{room.id}/rights"))
    return shown.partition("Who can change this: ")[2].partition(".")[0]


def test_the_panel_names_everybody_who_can_change_rights(people, client_of, folder):
    right_operations.set_grant(people.admin, folder, Subject(Principal.ACCOUNT, people.jean.id), FULL)
    right_operations.set_grant(people.admin, folder, Subject(Principal.ACCOUNT, people.paul.id), FULL)
    assert told(client_of(people.arthur), people.room) == "jean, the administrators of groupetc"
    right_operations.set_grant(people.admin, folder, Subject(Principal.GROUP, people.group.id), FULL)
    assert "jean, [groupetc@iwdemo" in told(client_of(people.arthur), people.room)
    blind = FULL & ~Right.FOLDER_READ
    right_operations.set_grant(people.admin, folder, Subject(Principal.ACCOUNT, people.jean.id), blind)
    assert "jean" not in told(client_of(people.arthur), people.room)


def test_the_panel_of_a_private_room_names_owners_lines_and_administrators(people, client_of, private):
    people.jean.language = "fr"
    db.session.commit()
    right_operations.set_grant(people.arthur, private, Subject(Principal.MEMBERS), FULL)
    shown = words_of(client_of(people.jean).get(f"/webmail/rooms/{private.id}/rights"))
    assert "arthur, [membres], les administrateurs de iwdemo.fr" in shown
    assert "[members]" not in shown


def test_guests_are_told_nobody_from_outside(people, client_of, private):
    hidden = factories.make_group(people.domain, "secrets")
    factories.add_member(hidden, people.jean)
    for subject in (Subject(Principal.GROUP, hidden.id), Subject(Principal.ACCOUNT, people.jean.id)):
        right_operations.set_grant(people.admin, private, subject, FULL)
    guest = client_of(guest_in(people, private))
    assert told(guest, private) == "arthur, jean, the administrators of this server"
    private.guests_see_members = False
    db.session.commit()
    assert told(guest, private) == "the owner of the room, the administrators of this server"


def test_groups_that_are_none_of_ones_business_are_not_named(people, client_of, folder):
    factories.add_member(people.other_group, people.jean)
    factories.make_grant(folder, Principal.GROUP, people.other_group.id, FULL)
    assert "ailleurs" not in told(client_of(people.arthur), people.room)
    assert "ailleurs" in words_of(client_of(people.jean).get(f"/webmail/rooms/{people.room.id}/rights"))


@pytest.mark.parametrize(
    ("change", "sentence", "link"),
    [
        (lambda c: setattr(c.jean, "state", "disabled"), "The account is disabled.", "account"),
        (lambda c: setattr(c.jean, "has_groupware", False), "GroupWare is off for this account.", "account"),
        (lambda c: setattr(c.jean, "has_teamchat", False), "TeamChat is off for this account.", "account"),
        (lambda c: setattr(c.domain, "state", "suspended"), "The domain iwdemo.fr is suspended.", "domain"),
        (
            lambda c: setattr(c.domain, "has_webdav", False),
            "WebDAV is off for the domain iwdemo.fr.",
            "domain",
        ),
        (lambda c: setattr(c.group, "has_teamchat", False), "TeamChat is not on for this group.", "group"),
    ],
)
def test_why_names_what_is_in_the_way(people, client_of, change, sentence, link):
    change(people)
    access.forget()
    admin = factories.make_account(people.other_domain, "elsewhere", role=Role.SERVER)
    answer = client_of(admin).get(f"/admin/rooms/{people.room.id}/why/{people.jean.id}")
    links = {
        "account": f"/admin/accounts/{people.jean.id}/",
        "domain": f"/admin/domains/{people.domain.id}/properties",
        "group": f"/admin/groups/{people.group.id}/",
    }
    step = answer.text.partition("answer-steps")[2].partition("</ol>")[0]
    assert sentence in step and f'href="{links[link]}"' in step


def test_why_says_that_the_domain_of_the_group_has_no_teamchat(people, client_of):
    """For somebody of another domain, whose own switches are on."""
    factories.add_member(people.group, people.autrui)
    people.domain.has_teamchat = False
    db.session.commit()
    answer = client_of(people.admin).get(f"/admin/rooms/{people.room.id}/why/{people.autrui.id}")
    assert "TeamChat is off for the domain iwdemo.fr." in answer.text
    assert f"/admin/domains/{people.domain.id}/properties" in answer.text


def test_why_says_that_a_guest_is_disabled(people, client_of, private):
    guest = guest_in(people, private)
    guest.state = "disabled"
    db.session.commit()
    answer = client_of(people.arthur).get(f"/admin/rooms/{private.id}/why/{guest.id}")
    assert "bt cannot use TeamChat at the moment." in words_of(answer) and "/admin/guests" not in answer.text
    assert "disabled" not in words_of(answer)


@pytest.mark.parametrize("count", [500, 501])
def test_more_than_can_be_done_at_once_is_refused_whole(people, client_of, folder, private, count):
    ids = [people.jean.id] * (count - 1) + [people.paul.id]
    tries = {
        address(folder, "/add"): {"member": [f"account:{key}" for key in ids], "preset": "read"},
        f"/admin/groups/{people.group.id}/members/add": {"member": [f"account:{key}" for key in ids]},
        f"/admin/rooms/{private.id}/people/add": {"person": ids},
    }
    client = client_of(people.admin)
    for url, data in tries.items():
        answer = client.post(url, data=data)
        assert (answer.status_code == 303) is (count == 500), (url, answer.status_code)
        assert (answer.status_code, "501" in answer.text) in ((303, False), (422, True)), url
        refused = client.post(url, data=data, headers={"HX-Request": "true", "HX-Target": "div#dialog"})
        assert count == 500 or "501" in refused.headers["HX-Trigger"], url
    entries = (
        db.session.query(MemberEntry).filter_by(group_id=people.group.id, account_id=people.paul.id).count()
    )
    assert entries == (count == 500) and (f"account:{people.paul.id}" in lists.snapshot(folder)) is (
        count == 500
    )
    assert bool(access.rights_in(people.paul, private.id)) is (count == 500)


def test_more_rooms_than_can_be_reset_at_once_are_refused(people, client_of, monkeypatch):
    room = factories.make_room(people.group, "Apart")
    right_operations.set_grant(people.admin, room, Subject(Principal.ACCOUNT, people.jean.id), READ)
    client = client_of(people.admin)
    url = f"/admin/groups/{people.group.id}/rights/drift"
    assert client.post(url, data={"room": [room.id] * 1001, "seen": "{}"}).status_code == 422
    seen = json.dumps(dict.fromkeys(range(1001), "x"))
    assert client.post(url, data={"all": "1", "seen": seen}).status_code == 422
    assert rights(people.jean, room) == READ and db.session.get(Group, people.group.id)


def test_what_a_form_claims_to_have_seen_names_nobody_unknown(people, arthur, private):
    """The window shows the lines that a form remembers and the list has no more; an invented one tells nothing."""
    claimed = {f"account:{people.rivale.id}": 1, f"group:{people.other_group.id}": 1, "account:²": 1}
    claimed |= {f"domain:{people.other_domain.id}": 1, f"account:{people.paul.id}": 1}
    data = sent(private, "members:0", preset="read") | {"seen": json.dumps(claimed)}
    answer = arthur.post(address(private, "/save"), data=data)
    assert answer.status_code == 422
    for name in (people.rivale.address, people.other_group.address, people.other_domain.name):
        assert name not in answer.text
    assert people.paul.address in words_of(answer), "who is of one's own domain is no secret"


def test_why_keeps_to_itself_how_groups_are_nested_and_what_is_off(people, arthur, folder):
    inner = factories.make_group(people.domain, "dedans")
    factories.add_member(inner, people.paul)
    factories.add_member(people.group, inner)
    right_operations.set_grant(people.admin, people.room, Subject(Principal.ACCOUNT, people.arthur.id), FULL)
    answer = arthur.get(f"/admin/rooms/{people.room.id}/why/{people.paul.id}")
    assert answer.status_code == 200 and "By an own entry" not in answer.text
    people.paul.state = "disabled"
    access.forget()
    answer = arthur.get(f"/admin/rooms/{people.room.id}/why/{people.paul.id}")
    assert "disabled" not in words_of(answer)


def test_a_stopped_webclient_lets_nobody_change_rights(people, arthur, private, client_of):
    services.stop_service(people.admin, ServiceName.WEBCLIENT)
    assert arthur.get(address(private)).status_code == 503
    assert client_of(people.admin).get("/admin/").status_code == 200
