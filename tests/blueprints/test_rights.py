"""The windows of rights in WebAdmin, from both sides."""

import html
import json
import re

import pytest

from app.extensions import db
from app.models import AuditEntry, Folder, FolderKind, Grant, Principal
from app.operations import rights as right_operations
from app.operations.rights import Subject
from app.rules.rights import FULL, MODERATE, READ, WRITE, Right, lists
from tests.support import factories
from tests.support.rights import address, rights, sent, words_of


@pytest.fixture
def folder(people) -> Folder:
    return db.session.query(Folder).filter_by(group_id=people.group.id, kind=FolderKind.TEAMCHAT).one()


def test_the_guides_path_to_the_list(people, client_of, folder):
    right_operations.set_grant(people.admin, folder, Subject(Principal.ACCOUNT, people.jean.id), FULL)
    people.admin.language = "fr"
    client = client_of(people.admin)
    page = client.get(f"/admin/groups/{people.group.id}/")
    assert f"/admin/groups/{people.group.id}/rights" in page.text
    first = client.get(f"/admin/groups/{people.group.id}/rights")
    assert f"rights/folder/{folder.id}" not in first.text
    tree = client.get(f"/admin/groups/{people.group.id}/rights?all=1")
    assert address(folder) in tree.text and address(people.room) in tree.text
    shown = words_of(client.get(address(folder)))
    assert "[groupetc@iwdemo.fr]" in shown and "jean@iwdemo.fr" in shown


def test_a_line_is_changed_and_removed(people, client_of, folder):
    client = client_of(people.domain_admin)
    line = f"group:{people.group.id}"
    answer = client.post(address(folder, "/save"), data=sent(folder, line, preset="read"))
    assert answer.status_code == 303 and rights(people.arthur, people.room) == READ
    own = {"preset": "custom", "right": ["items_read", "folder_read", "folder_rename"]}
    client.post(address(people.room, "/save"), data=sent(people.room, line, **own))
    assert int(rights(people.arthur, people.room)) == 1 + 32 + 128
    client.post(address(people.room, "/inherit"), data=sent(people.room, ""))
    assert rights(people.arthur, people.room) == READ
    client.post(address(folder, "/remove"), data=sent(folder, line))
    assert not rights(people.arthur, people.room)
    acts = [entry.act for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert acts == ["grant.set", "grant.set", "grant.inherit", "grant.remove"]


def test_a_preset_with_other_boxes_is_refused(people, client_of, folder):
    data = sent(
        folder, f"group:{people.group.id}", preset="read", right=["items_delete"], shown=str(int(WRITE))
    )
    answer = client_of(people.admin).post(address(folder, "/save"), data=data)
    assert answer.status_code == 422 and "contradict" in answer.text
    assert rights(people.arthur, people.room) == WRITE


def test_a_preset_with_the_boxes_as_they_were_counts(people, client_of, folder):
    boxes = ["items_read", "folder_read", "items_write", "items_edit_documents"]
    data = sent(folder, f"group:{people.group.id}", preset="full", right=boxes, shown=str(int(WRITE)))
    assert client_of(people.admin).post(address(folder, "/save"), data=data).status_code == 303
    assert rights(people.arthur, people.room) == FULL


@pytest.mark.parametrize(
    ("line", "values", "status"),
    [
        ("account:999999", {"preset": "read"}, 404),
        ("nobody:1", {"preset": "read"}, 404),
        ("guests:7", {"preset": "read"}, 404),
        ("account:0", {"preset": "read"}, 404),
        ("guests:0", {"preset": "emperor"}, 422),
        ("guests:0", {"preset": "custom", "right": ["items_read", "items_fly"]}, 422),
    ],
)
def test_forged_names_are_refused(people, client_of, folder, line, values, status):
    before = lists.snapshot(folder)
    answer = client_of(people.admin).post(address(folder, "/save"), data=sent(folder, line, **values))
    assert answer.status_code == status and lists.snapshot(folder) == before


def test_another_tenants_places_do_not_exist(people, client_of, folder):
    client = client_of(people.rivale)
    for place in (folder, people.room):
        assert client.get(address(place)).status_code == 404
        assert client.get(address(place, "/add")).status_code == 404
        for act in ("/save", "/remove", "/inherit", "/add"):
            line = f"group:{people.group.id}"
            assert client.post(address(place, act), data=sent(place, line, preset="full")).status_code == 404
    for url in ("why", "matrix", f"why/{people.jean.id}"):
        assert client.get(f"/admin/rooms/{people.room.id}/{url}").status_code == 404
    assert client.get(f"/admin/groups/{people.group.id}/rights/drift").status_code == 404
    assert client.post(f"/admin/groups/{people.group.id}/rights/drift", data={"all": 1}).status_code == 404
    assert client.get(f"/admin/accounts/{people.jean.id}/test-as").status_code == 404
    assert client.get("/admin/rights/cellar/1").status_code == 404


def test_another_domains_people_are_not_put_on_a_list(people, client_of, folder):
    data = {"member": f"account:{people.autrui.id}", "preset": "full"}
    answer = client_of(people.domain_admin).post(address(folder, "/add"), data=data)
    assert answer.status_code == 404
    assert not db.session.query(Grant).filter_by(principal=Principal.ACCOUNT).count()


def test_several_are_added_at_once_or_none(people, client_of, folder):
    client = client_of(people.admin)
    member = [f"account:{people.jean.id}", f"domain:{people.domain.id}", "anyone:0"]
    answer = client.post(address(folder, "/add"), data={"member": member, "preset": "moderate"})
    assert answer.status_code == 303 and rights(people.jean, people.room) == MODERATE
    assert len(lists.snapshot(folder)) == 5
    answer = client.post(
        address(folder, "/add"),
        data={"member": [f"account:{people.paul.id}", "account:999999"], "preset": "full"},
    )
    assert answer.status_code == 404 and len(lists.snapshot(folder)) == 5
    assert client.post(address(folder, "/add"), data={"preset": "full"}).status_code == 422
    assert client.get(address(folder, "/add") + "?q=jean").status_code == 200


def test_the_second_of_two_is_shown_what_changed(people, client_of, folder):
    data = sent(folder, f"group:{people.group.id}", preset="full")
    right_operations.set_grant(people.web_admin, folder, Subject(Principal.ACCOUNT, people.jean.id), READ)
    answer = client_of(people.admin).post(address(folder, "/save"), data=data)
    assert answer.status_code == 422 and "jean@iwdemo.fr" in words_of(answer)
    assert rights(people.arthur, people.room) == WRITE, "nothing unseen is overwritten"
    again = re.search(r'name="seen" value="([^"]+)"', answer.text).group(1)
    data["seen"] = html.unescape(again)
    assert client_of(people.admin).post(address(folder, "/save"), data=data).status_code == 303
    assert rights(people.arthur, people.room) == FULL


def test_adding_overwrites_nothing_unseen(people, client_of, folder):
    data = {
        "member": f"account:{people.jean.id}",
        "preset": "full",
        "seen": json.dumps(lists.snapshot(folder)),
    }
    right_operations.set_grant(people.web_admin, folder, Subject(Principal.ACCOUNT, people.jean.id), READ)
    answer = client_of(people.admin).post(address(folder, "/add"), data=data)
    assert answer.status_code == 422 and "in the meantime" in answer.text
    assert rights(people.jean, people.room) == READ


def test_losing_ones_own_administration_is_asked(people, client_of):
    factories.add_member(people.group, people.rivale)
    right_operations.set_grant(people.admin, people.room, Subject(Principal.ACCOUNT, people.rivale.id), FULL)
    client = client_of(people.rivale)
    assert client.get(address(people.room)).status_code == 200
    data = sent(people.room, f"account:{people.rivale.id}", preset="read")
    answer = client.post(address(people.room, "/save"), data=data)
    assert answer.status_code == 422 and 'value="own_loss"' in answer.text
    assert rights(people.rivale, people.room) == FULL
    answer = client.post(address(people.room, "/save"), data=data | {"answer": "own_loss"})
    assert answer.status_code == 303 and rights(people.rivale, people.room) == READ
    assert client.get(address(people.room)).status_code == 403


def test_the_window_says_which_line_has_no_effect(people, client_of, folder):
    right_operations.set_grant(people.admin, folder, Subject(Principal.ACCOUNT, people.paul.id), FULL)
    assert "no effect" in words_of(client_of(people.admin).get(address(folder)))
    other = factories.make_group(people.domain, "loin")
    right_operations.set_grant(people.admin, people.room, Subject(Principal.GROUP, other.id), FULL)
    opened = client_of(people.admin).get(address(people.room) + f"?line=group:{other.id}")
    assert "None of these people is in here" in words_of(opened)


def test_the_window_warns_of_rights_in_what_nobody_sees(people, client_of, folder):
    client = client_of(people.admin)
    warning = "People who cannot see the room have no rights in it."
    right_operations.set_grant(people.admin, folder, Subject(Principal.GUESTS), Right.NONE)
    assert warning not in words_of(client.get(address(folder)))
    right_operations.set_grant(people.admin, folder, Subject(Principal.GUESTS), Right.ITEMS_READ)
    assert warning in words_of(client.get(address(folder)))


def test_the_window_warns_of_inner_groups(people, client_of, folder):
    inner = factories.make_group(people.domain, "dedans")
    factories.add_member(people.group, inner)
    right_operations.set_grant(people.admin, folder, Subject(Principal.GROUP, inner.id), READ)
    shown = words_of(client_of(people.admin).get(address(folder)))
    assert "[dedans@iwdemo.fr] is inside [groupetc@iwdemo.fr]" in shown


def test_the_window_comes_as_a_fragment(people, client_of, folder):
    answer = client_of(people.admin).fragment(address(folder), "dialog")
    assert answer.status_code == 200 and "<tc-dialog" in answer.text and "<html" not in answer.text


def seen_on(page) -> str:
    return html.unescape(re.search(r'name="seen" value="([^"]+)"', page.text).group(1))


@pytest.fixture
def differing(people) -> list:
    rooms = [factories.make_room(people.group, f"Room {number}") for number in range(3)]
    for room in rooms:
        right_operations.set_grant(people.admin, room, Subject(Principal.ACCOUNT, people.jean.id), READ)
    return rooms


def test_rooms_that_differ_are_reset(people, client_of, differing):
    client = client_of(people.admin)
    url = f"/admin/groups/{people.group.id}/rights/drift"
    page = client.get(url)
    assert all(room.name in words_of(page) for room in differing)
    client.post(url, data={"room": [differing[0].id], "seen": seen_on(page)})
    assert rights(people.jean, differing[0]) == WRITE and rights(people.jean, differing[1]) == READ
    client.post(url, data={"one": differing[1].id, "room": [differing[2].id], "seen": seen_on(page)})
    assert rights(people.jean, differing[1]) == WRITE and rights(people.jean, differing[2]) == READ
    client.post(url, data={"all": "1", "seen": seen_on(page)})
    assert rights(people.jean, differing[2]) == WRITE
    assert client.post(url, data={"room": ["999999"]}).status_code == 404
    assert client.post(url, data={"room": ["x"]}).status_code == 404
    assert "No room differs" in words_of(client.get(url))


@pytest.mark.parametrize("wanted", ["all", "some"])
def test_a_reset_overwrites_nothing_unseen(people, client_of, differing, wanted):
    client = client_of(people.admin)
    url = f"/admin/groups/{people.group.id}/rights/drift"
    data = {"all": "1"} if wanted == "all" else {"room": [room.id for room in differing[:2]]}
    data["seen"] = seen_on(client.get(url))
    right_operations.set_grant(
        people.web_admin, differing[1], Subject(Principal.ACCOUNT, people.arthur.id), FULL
    )
    answer = client.post(url, data=data)
    assert answer.status_code == 422 and answer.text.count('class="is-changed"') == 1
    assert [rights(people.jean, room) for room in differing] == [READ] * 3, "all of them, or none"
    data["seen"] = seen_on(answer)
    assert client.post(url, data=data).status_code == 303
    assert rights(people.arthur, differing[1]) == WRITE and rights(people.jean, differing[0]) == WRITE


def test_a_change_of_the_folder_is_shown_before_a_reset(people, client_of, folder, differing):
    client = client_of(people.admin)
    url = f"/admin/groups/{people.group.id}/rights/drift"
    data = {"room": [differing[0].id], "seen": seen_on(client.get(url))}
    right_operations.set_grant(people.web_admin, folder, Subject(Principal.GROUP, people.group.id), FULL)
    assert client.post(url, data=data).status_code == 422
    assert client.post(url, data={"room": [differing[0].id], "seen": "[]"}).status_code == 422
    assert rights(people.jean, differing[0]) == READ


def test_all_means_those_that_were_seen(people, client_of, differing):
    client = client_of(people.admin)
    url = f"/admin/groups/{people.group.id}/rights/drift"
    seen = seen_on(client.get(url))
    late = factories.make_room(people.group, "Late")
    right_operations.set_grant(people.web_admin, late, Subject(Principal.ACCOUNT, people.jean.id), READ)
    assert client.post(url, data={"all": "1", "seen": seen}).status_code == 303
    assert rights(people.jean, late) == READ and rights(people.jean, differing[2]) == WRITE


def test_resetting_costs_the_same_to_look_at_for_many(people, client_of, differing, count_statements):
    client = client_of(people.admin)
    url = f"/admin/groups/{people.group.id}/rights/drift"
    client.get(url)
    with count_statements() as few:
        client.get(url)
    for number in range(20):
        room = factories.make_room(people.group, f"More {number}")
        right_operations.set_grant(people.admin, room, Subject(Principal.ACCOUNT, people.jean.id), READ)
    client.get(url)
    with count_statements() as many:
        client.get(url)
    assert len(many) <= len(few)


def test_why_says_every_step(people, client_of, folder):
    factories.add_member(people.group, people.domain)
    right_operations.set_grant(people.admin, folder, Subject(Principal.DOMAIN, people.domain.id), READ)
    answer = client_of(people.admin).get(f"/admin/rooms/{people.room.id}/why/{people.jean.id}")
    shown = words_of(answer)
    assert "By their own entry in [groupetc@iwdemo.fr]" in shown and "By the whole domain" in shown
    assert "gives: Write" in shown and "does not apply" in shown
    assert (
        f"line=group:{people.group.id}" in answer.text and f"/groups/{people.group.id}/members" in answer.text
    )


def test_why_says_what_shuts_and_caps(people, client_of):
    client = client_of(people.admin)
    url = f"/admin/rooms/{people.room.id}/why"
    assert "not in the group" in words_of(client.get(f"{url}/{people.paul.id}"))
    people.jean.has_teamchat = False
    people.arthur.state = "muted"
    db.session.commit()
    assert "TeamChat is off for this account." in words_of(client.get(f"{url}/{people.jean.id}"))
    assert "read only" in words_of(client.get(f"{url}/{people.arthur.id}"))
    assert "jean" in words_of(client.get(f"{url}?q=jean"))


def test_the_matrix_costs_the_same_for_many(people, client_of, count_statements):
    client = client_of(people.admin)
    url = f"/admin/rooms/{people.room.id}/matrix"
    client.get(url)
    with count_statements() as few:
        client.get(url)
    for number in range(60):
        factories.add_member(people.group, factories.make_account(people.domain, f"member {number:02}"))
    with count_statements() as many:
        page = client.get(url)
    assert len(many) <= len(few) and page.text.count('class="matrix-cell"') == 50 * 12
    assert "cursor=" in page.text


def test_testing_as_somebody_shows_no_foreign_secret(people, client_of):
    mine = factories.make_private_room(people.jean, name="Ours")
    factories.make_private_room(people.autrui, people.jean, name="Theirs")
    shown = words_of(client_of(people.domain_admin).get(f"/admin/accounts/{people.jean.id}/test-as"))
    assert "TeamChat" in shown and mine.name in shown and "Theirs" not in shown
    assert "1 more conversation" in shown
