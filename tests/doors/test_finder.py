"""Search everything: by any word, within one's scope, at a fixed cost."""

import pytest

from app.blueprints.finder.views import VIEWS
from app.extensions import db
from app.models import Account, NamedKind, NameWord
from app.operations import accounts, groups, name_words, own_account
from app.queries import finder
from app.queries.directory.guests import guest_list
from app.queries.directory.listing import Wish
from tests import factories


def found(actor, question: str) -> list[tuple[str, str]]:
    return [(hit.kind, hit.title) for hit in finder.find(actor, question)]


@pytest.mark.parametrize("question", ["moreau", "MORE", "jea mor", "mor jea", "léa", "lea", "jean-l"])
def test_any_word_finds_in_any_order_case_and_accent(cast, question):
    factories.make_account(cast.domain, "Jean-Léa Moreau", address="jlm@iwdemo.fr")
    assert ("account", "Jean-Léa Moreau") in found(cast.admin, question)


@pytest.mark.parametrize(
    ("question", "kind"), [("groupetc", "group"), ("iwdemo", "domain"), ("arthur@iwdemo.fr", "account")]
)
def test_everything_is_found(cast, question, kind):
    assert kind in {hit.kind for hit in finder.find(cast.web_admin, question)}


@pytest.mark.parametrize("question", ["", "a", "  ", "%", "_", "zzzz", "jean zzzz", "'; --"])
def test_what_finds_nothing_finds_nothing(cast, question):
    assert found(cast.admin, question) == []


def test_nobody_finds_beyond_their_scope(cast):
    factories.make_account(cast.other_domain, "Arthurine")
    assert {title for _kind, title in found(cast.domain_admin, "arthur")} == {"arthur"}
    assert {title for _kind, title in found(cast.rivale, "arthur")} == {"Arthurine"}
    assert found(cast.domain_admin, "ailleurs") == found(cast.domain_admin, "autre") == []
    assert found(cast.arthur, "arthur") == []


def test_guests_are_found_by_those_who_look_after_who_answers_for_them(cast):
    shelter = factories.make_domain("abri.example")
    factories.make_account(
        shelter, "Béatrice", is_guest=True, sponsor_id=cast.arthur.id, address="bt@darnis.com"
    )
    assert found(cast.domain_admin, "beatrice") == found(cast.admin, "darnis") == [("guest", "Béatrice")]
    assert found(cast.rivale, "beatrice") == []


def test_words_follow_a_new_name_and_go_with_who_is_deleted(cast):
    accounts.update_account(cast.admin, cast.paul, {"name": "Zacharie"})
    assert found(cast.admin, "zach") == [("account", "Zacharie")]
    accounts.delete_account(cast.admin, db.session.get(Account, cast.paul.id))
    assert found(cast.admin, "zach") == []
    groups.delete_group(cast.admin, cast.group)
    assert found(cast.admin, "groupetc") == []
    assert db.session.query(NameWord).filter_by(kind=NamedKind.GROUP, object_id=cast.group.id).count() == 0


def test_a_guest_is_found_by_the_name_they_have_chosen(cast):
    guest = factories.make_account(
        cast.domain, "Bruno", address="b@darnis.com", is_guest=True, sponsor_id=cast.arthur.id
    )
    version = guest.row_version
    own_account.rename_own_account(guest, "Béatrice")
    assert found(cast.admin, "beatrice") == [("guest", "Béatrice")] and found(cast.admin, "bruno") == []
    for search, names in (("beatr", ["Béatrice"]), ("bruno", [])):
        rows = guest_list(cast.admin, Wish(search=search)).rows
        assert [row.guest.name for row in rows if row.guest.id == guest.id] == names
    assert guest.row_version > version


def test_who_was_there_before_is_taken_in_by_the_worker(cast):
    db.session.query(NameWord).delete()
    db.session.commit()
    assert found(cast.admin, "jean") == []
    assert name_words.take_in_names() > 8
    assert name_words.take_in_names() == 0
    assert found(cast.admin, "jean") == [("account", "jean")]


def test_the_cost_does_not_grow_with_what_there_is(cast, count_statements):
    def cost():
        with count_statements() as seen:
            finder.find(cast.domain_admin, "per son")
        return len(seen)

    before = cost()
    with factories.in_one_commit():
        for _number in range(60):
            factories.make_account(cast.domain)
    assert cost() <= 9
    assert before <= 9
    assert len(found(cast.domain_admin, "person")) == finder.EACH


def test_the_page_without_scripts_leads_to_what_was_found(cast, client_of):
    client = client_of(cast.domain_admin)
    page = client.get("/admin/search?q=arthur").text
    assert f'href="/admin/accounts/{cast.arthur.id}/"' in page
    assert client.get(f"/admin/accounts/{cast.arthur.id}/").status_code == 200
    assert "Nothing is called like this." in client.get("/admin/search?q=zzzz").text
    assert "Type two letters or more." in client.get("/admin/search?q=a").text
    assert client.get("/admin/search").status_code == 200


def test_a_guest_who_is_found_can_be_opened(cast, client_of):
    shelter = factories.make_domain("abri.example")
    guest = factories.make_account(
        shelter, "Béatrice", is_guest=True, sponsor_id=cast.arthur.id, address="bt@darnis.com"
    )
    found = client_of(cast.admin).get("/admin/search?q=darnis")
    assert found.status_code == 200 and f'href="/admin/guests/{guest.id}/"' in found.text
    elsewhere = client_of(cast.rivale).get("/admin/search?q=darnis")
    assert elsewhere.status_code == 200 and "/admin/guests/" + str(guest.id) not in elsewhere.text


@pytest.mark.parametrize("kind", sorted(VIEWS))
def test_every_kind_leads_to_a_page_that_is_there(app, kind):
    endpoint, name, _icon = VIEWS[kind]
    assert any(name in rule.arguments for rule in app.url_map.iter_rules(endpoint))


def test_pages_are_those_of_the_role(cast, client_of):
    everything = client_of(cast.admin).fragment("/admin/search?q=new+domain", "found").text
    assert "/admin/domains/new" in everything
    assert (
        "/admin/domains/new"
        not in client_of(cast.domain_admin).fragment("/admin/search?q=new+domain", "found").text
    )


def test_users_do_not_search_webadmin(cast, client_of):
    assert client_of(cast.arthur).get("/admin/search?q=jean").status_code == 403


def test_what_people_are_called_is_no_html(cast, client_of):
    factories.make_account(cast.domain, "Zoë <b>x</b>", address="zoe@iwdemo.fr")
    part = client_of(cast.admin).fragment("/admin/search?q=zoe", "found").text
    assert "&lt;b&gt;" in part and "<b>x" not in part
