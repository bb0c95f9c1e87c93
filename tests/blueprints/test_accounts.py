"""Accounts in WebAdmin."""

import pytest

from app.extensions import db
from app.models import Account, AccountState, Domain, Role
from app.operations import accounts
from tests.support import factories
from tests.support.forms import filled

PASSWORD = "velours-cartable-18-brume"


def address(account: Account) -> str:
    return f"/admin/accounts/{account.id}/"


def stored(account: Account) -> Account:
    return db.session.get(Account, account.id, populate_existing=True)


def new(domain: Domain, **values) -> dict:
    return {
        "domain": domain.id,
        "name": "Zoé Petit",
        "alias": "",
        "password": PASSWORD,
        "role": "user",
    } | values


@pytest.fixture
def page_of(people) -> str:
    return f"/admin/domains/{people.domain.id}/accounts"


def read(answer) -> str:
    """Return a page without the marks for line breaks in addresses."""
    return answer.text.replace("<wbr>", "")


def test_the_list_searches_filters_and_sorts(people, client_of, page_of):
    factories.make_account(people.domain, "Élodie", address="elodie@iwdemo.fr", state=AccountState.DISABLED)
    client = client_of(people.domain_admin)
    assert "elodie@iwdemo.fr" in read(client.get(f"{page_of}?q=elodie"))
    assert "elodie@iwdemo.fr" in read(client.get(f"{page_of}?q=ELO&state=disabled"))
    assert "elodie@iwdemo.fr" not in read(client.get(f"{page_of}?state=enabled"))
    only = read(client.fragment(f"{page_of}?role=server", "list"))
    assert "admin@iwdemo.fr" in only
    assert "arthur@iwdemo.fr" not in only
    upwards, downwards = (read(client.get(f"{page_of}?sort={sort}")) for sort in ("address", "-address"))
    assert upwards.index("admin@iwdemo.fr") < upwards.index("paul@iwdemo.fr")
    assert downwards.index("paul@iwdemo.fr") < downwards.index("arthur@iwdemo.fr")
    assert "No account matches." in client.get(f"{page_of}?q=zzz").text


def test_what_makes_no_sense_in_the_address_is_left_out(people, client_of, page_of):
    answer = client_of(people.admin).get(f"{page_of}?state=x&role=%27&sort=password_hash&cursor=%F0")
    assert answer.status_code == 200
    assert "arthur@iwdemo.fr" in read(answer)


def test_other_tenants_accounts_are_never_listed_or_found(people, client_of, page_of):
    client = client_of(people.domain_admin)
    assert "autrui" not in client.get(page_of).text
    assert client.get(address(people.autrui)).status_code == 404
    assert client.post(address(people.autrui), data={"name": "x"}).status_code == 404
    assert client.get(f"{address(people.autrui)}history").status_code == 404
    assert client_of(people.admin).get(address(people.autrui)).status_code == 200


def test_an_account_is_made_with_an_alias_from_its_name(people, client_of):
    client = client_of(people.domain_admin)
    answer = client.post("/admin/accounts/new", data=new(people.domain))
    assert answer.status_code == 303
    assert db.session.query(Account).filter_by(address="zoe.petit@iwdemo.fr").one().name == "Zoé Petit"


def test_save_and_new_shows_the_empty_form_again(people, client_of):
    data = new(people.domain, and_new="1")
    answer = client_of(people.admin).fragment("/admin/accounts/new", "dialog", method="POST", data=data)
    assert answer.status_code == 200
    assert "<dialog" in answer.text
    assert "Zoé" not in answer.text
    assert "directory-changed" in answer.headers["HX-Trigger"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"alias": "arthur"}, "already used"),
        ({"alias": "a b"}, "An alias is made of"),
        ({"password": "court"}, "10 characters or more"),
        ({"name": " "}, "Give a name."),
        ({"role": "server"}, "Not a valid choice"),
    ],
)
def test_a_refusal_keeps_what_was_typed_but_the_password(people, client_of, values, sentence):
    answer = client_of(people.domain_admin).post("/admin/accounts/new", data=new(people.domain, **values))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert values.get("name", "Zoé Petit") in answer.text
    assert PASSWORD not in answer.text


def test_nobody_makes_accounts_in_another_tenants_domain(people, client_of):
    answer = client_of(people.domain_admin).post("/admin/accounts/new", data=new(people.other_domain))
    assert answer.status_code == 422
    assert not db.session.query(Account).filter_by(name="Zoé Petit").count()


def test_an_account_is_changed(people, client_of):
    client = client_of(people.domain_admin)
    form = filled(client.get(address(people.arthur)).text) | {
        "name": "Arthur P.",
        "role": "domain",
        "state": "muted",
    }
    assert client.post(address(people.arthur), data=form).status_code == 303
    account = stored(people.arthur)
    assert (account.name, account.role, account.state) == ("Arthur P.", Role.DOMAIN, AccountState.MUTED)
    assert "Account changed" in client.get(f"{address(people.arthur)}history").text


def test_a_higher_role_may_be_looked_at_and_not_changed(people, client_of):
    client = client_of(people.web_admin)
    page = client.get(address(people.admin)).text
    assert "administers more than you do" in page
    assert client.post(address(people.admin), data=filled(page) | {"name": "x"}).status_code == 403


def test_ones_own_role_stays(people, client_of):
    client = client_of(people.admin)
    form = filled(client.get(address(people.admin)).text) | {"role": "user"}
    answer = client.post(address(people.admin), data=form)
    assert answer.status_code == 422
    assert "lock yourself out" in answer.text


def test_a_tile_is_saved(people, client_of):
    client = client_of(people.domain_admin)
    form = filled(client.get(address(people.arthur)).text)
    del form["teamchat"]
    assert client.post(address(people.arthur), data=form).status_code == 303
    assert not stored(people.arthur).has_teamchat


def test_taking_groupware_away_asks_whether_teamchat_may_stop(people, client_of):
    client = client_of(people.domain_admin)
    form = filled(client.get(address(people.arthur)).text)
    del form["groupware"]
    asked = client.post(address(people.arthur), data=form)
    assert asked.status_code == 422
    assert "TeamChat stops for arthur too" in asked.text
    assert client.post(address(people.arthur), data=form | {"answer": "stop"}).status_code == 303
    assert not stored(people.arthur).has_teamchat


def test_what_the_domain_has_not_is_shown_with_its_reason_and_kept(people, client_of):
    bare = factories.make_domain("nu.example", has_everything=False)
    account = factories.make_account(bare, "seul")
    client = client_of(people.admin)
    page = client.get(address(account)).text
    assert "TeamChat is off for the domain nu.example." in page
    assert f"/admin/domains/{bare.id}/properties" in page
    form = filled(page) | {"name": "Seul"}
    for name in ("groupware", "webdav", "teamchat"):
        form.pop(name, None)
    assert client.post(address(account), data=form).status_code == 303
    assert stored(account).has_teamchat


def test_the_slower_of_two_sees_both(people, client_of):
    client = client_of(people.admin)
    form = filled(client.get(address(people.arthur)).text)
    accounts.update_account(people.web_admin, people.arthur, {"name": "Autre nom"})
    answer = client.post(address(people.arthur), data=form | {"state": "muted"})
    assert answer.status_code == 422
    assert "Autre nom" in answer.text
    again = filled(answer.text)
    assert again["name"] == "Autre nom"
    assert client.post(address(people.arthur), data=again | {"state": "muted"}).status_code == 303
    assert (stored(people.arthur).name, stored(people.arthur).state) == ("Autre nom", AccountState.MUTED)


def test_a_new_password_is_set_and_never_shown(people, client_of):
    client = client_of(people.domain_admin)
    before = people.arthur.password_hash
    form = filled(client.get(address(people.arthur)).text)
    refused = client.post(address(people.arthur), data=form | {"password": "arthur"})
    assert refused.status_code == 422
    assert client.post(address(people.arthur), data=form | {"password": PASSWORD}).status_code == 303
    assert stored(people.arthur).password_hash != before


def test_the_list_costs_the_same_however_long_it_is(people, client_of, page_of, count_statements):
    client = client_of(people.admin)
    with count_statements() as few:
        client.get(page_of)
    for _ in range(30):
        factories.make_account(people.domain)
    with count_statements() as many:
        client.get(page_of)
    assert len(many) <= len(few)
