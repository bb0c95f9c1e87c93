"""Search of everything: by any word, within the administrator's scope, with a fixed number of statements."""

import pytest

from app.blueprints.search.views import VIEWS
from app.extensions import db
from app.models import Account
from app.operations import accounts, groups
from app.operations.accounts import own
from app.queries.guests import guest_list
from app.queries.listing import ListQuery
from app.queries.search import finder
from tests.support import factories


def found(actor, question: str) -> list[tuple[str, str]]:
    return [(hit.kind, hit.title) for hit in finder.find(actor, question)]


@pytest.mark.parametrize("question", ["moreau", "MORE", "jea mor", "mor jea", "léa", "lea", "jean-l", "orea"])
def test_any_word_finds_in_any_order_case_and_accent(people, question):
    factories.make_account(people.domain, "Jean-Léa Moreau", address="jlm@iwdemo.fr")
    assert ("account", "Jean-Léa Moreau") in found(people.admin, question)


@pytest.mark.parametrize(
    ("question", "kind"), [("groupetc", "group"), ("iwdemo", "domain"), ("arthur@iwdemo.fr", "account")]
)
def test_everything_is_found(people, question, kind):
    assert kind in {hit.kind for hit in finder.find(people.web_admin, question)}


@pytest.mark.parametrize("question", ["", "a", "  ", "%", "_", "zzzz", "jean zzzz", "'; --"])
def test_what_finds_nothing_finds_nothing(people, question):
    assert found(people.admin, question) == []


def test_nobody_finds_beyond_their_scope(people):
    factories.make_account(people.other_domain, "Arthurine")
    assert {title for _kind, title in found(people.domain_admin, "arthur")} == {"arthur"}
    assert {title for _kind, title in found(people.rivale, "arthur")} == {"Arthurine"}
    assert found(people.domain_admin, "ailleurs") == found(people.domain_admin, "autre") == []
    assert found(people.arthur, "arthur") == []


def test_guests_are_found_by_those_who_look_after_who_answers_for_them(people):
    shelter = factories.make_domain("abri.example")
    factories.make_account(
        shelter, "Béatrice", is_guest=True, sponsor_id=people.arthur.id, address="bt@darnis.com"
    )
    assert found(people.domain_admin, "beatrice") == found(people.admin, "darnis") == [("guest", "Béatrice")]
    assert found(people.rivale, "beatrice") == []


def test_finder_follows_new_names_and_deletions(people):
    accounts.update_account(people.admin, people.paul, {"name": "Zacharie"})
    assert found(people.admin, "zach") == [("account", "Zacharie")]
    accounts.delete_account(people.admin, db.session.get(Account, people.paul.id))
    assert found(people.admin, "zach") == []
    groups.delete_group(people.admin, people.group)
    assert found(people.admin, "groupetc") == []


def test_a_guest_is_found_by_the_name_they_have_chosen(people):
    guest = factories.make_account(
        people.domain, "Bruno", address="b@darnis.com", is_guest=True, sponsor_id=people.arthur.id
    )
    version = guest.row_version
    own.rename_own_account(guest, "Béatrice")
    assert found(people.admin, "beatrice") == [("guest", "Béatrice")] and found(people.admin, "bruno") == []
    for search, names in (("beatr", ["Béatrice"]), ("bruno", [])):
        rows = guest_list(people.admin, ListQuery(search=search)).rows
        assert [row.guest.name for row in rows if row.guest.id == guest.id] == names
    assert guest.row_version > version


@pytest.mark.parametrize("actor", ["admin", "domain_admin"])
def test_finder_reads_names_from_covering_indexes(people, actor):
    account = getattr(people, actor)
    within = None if actor == "admin" else [people.domain.id]
    for statement in (
        finder.account_statement(account, "jea mor", within),
        finder.group_statement(account, "jea mor", within),
        finder.guest_statement(account, "jea mor"),
    ):
        compiled = statement.compile(db.engine, compile_kwargs={"render_postcompile": True})
        assert str(compiled).rstrip().endswith(f"ROWS EXAMINED {finder.EXAMINED}")
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN {compiled}", compiled.params).all()
        assert plan[0].key.endswith("search_text") and "Using index" in plan[0].Extra
        assert plan[1].key == "PRIMARY" and plan[1].type == "eq_ref"


def test_the_cost_does_not_grow_with_what_there_is(people, count_statements):
    def cost():
        with count_statements() as seen:
            finder.find(people.domain_admin, "per son")
        return len(seen)

    before = cost()
    with factories.in_one_commit():
        for _number in range(60):
            factories.make_account(people.domain)
    assert cost() == before <= 6
    assert len(found(people.domain_admin, "person")) == finder.EACH


def test_the_page_without_scripts_leads_to_what_was_found(people, client_of):
    client = client_of(people.domain_admin)
    page = client.get("/admin/search?q=arthur").text
    assert f'href="/admin/accounts/{people.arthur.id}/"' in page
    assert client.get(f"/admin/accounts/{people.arthur.id}/").status_code == 200
    assert "Nothing has this name." in client.get("/admin/search?q=zzzz").text
    assert "Type two letters or more." in client.get("/admin/search?q=a").text
    assert client.get("/admin/search").status_code == 200


def test_a_guest_who_is_found_can_be_opened(people, client_of):
    shelter = factories.make_domain("abri.example")
    guest = factories.make_account(
        shelter, "Béatrice", is_guest=True, sponsor_id=people.arthur.id, address="bt@darnis.com"
    )
    found = client_of(people.admin).get("/admin/search?q=darnis")
    assert found.status_code == 200 and f'href="/admin/guests/{guest.id}/"' in found.text
    elsewhere = client_of(people.rivale).get("/admin/search?q=darnis")
    assert elsewhere.status_code == 200 and "/admin/guests/" + str(guest.id) not in elsewhere.text


@pytest.mark.parametrize("kind", sorted(VIEWS))
def test_every_kind_leads_to_a_page_that_is_there(app, kind):
    endpoint, name, _icon = VIEWS[kind]
    assert any(name in rule.arguments for rule in app.url_map.iter_rules(endpoint))


def test_pages_are_those_of_the_role(people, client_of):
    everything = client_of(people.admin).fragment("/admin/search?q=new+domain", "found").text
    assert "/admin/domains/new" in everything
    assert (
        "/admin/domains/new"
        not in client_of(people.domain_admin).fragment("/admin/search?q=new+domain", "found").text
    )


def test_users_do_not_search_webadmin(people, client_of):
    assert client_of(people.arthur).get("/admin/search?q=jean").status_code == 403


def test_what_people_are_called_is_no_html(people, client_of):
    factories.make_account(people.domain, "Zoë <b>x</b>", address="zoe@iwdemo.fr")
    part = client_of(people.admin).fragment("/admin/search?q=zoe", "found").text
    assert "&lt;b&gt;" in part and "<b>x" not in part
