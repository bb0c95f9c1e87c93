"""A domain's limits, end and deletion in WebAdmin."""

import pytest

from app.extensions import db
from app.models import Domain, DomainState, Task
from tests.support.forms import filled


def stored(domain: Domain) -> Domain:
    return db.session.get(Domain, domain.id, populate_existing=True)


def limits(domain: Domain) -> str:
    return f"/admin/domains/{domain.id}/limits"


def properties(domain: Domain) -> str:
    return f"/admin/domains/{domain.id}/properties"


@pytest.mark.parametrize("who", ["admin", "web_admin"])
def test_limits_are_saved_with_what_is_used_beside_them(people, client_of, who):
    client = client_of(getattr(people, who))
    form = filled(client.get(limits(people.domain)).text)
    saved = client.post(limits(people.domain), data=form | {"account_limit": "10", "guest_limit": "0"})
    assert saved.status_code == 303
    page = client.get(saved.location).text
    assert "6 of 10 now" in page and "0 of 0 now" in page
    assert (stored(people.domain).account_limit, stored(people.domain).guest_limit) == (10, 0)


def test_a_domain_administrator_reads_limits_and_does_not_set_them(people, client_of):
    client = client_of(people.domain_admin)
    page = client.get(limits(people.domain))
    assert page.status_code == 200
    assert 'fieldset class="plain fields-2" disabled' in page.text
    assert (
        client.post(limits(people.domain), data=filled(page.text) | {"account_limit": "99"}).status_code
        == 403
    )
    assert client.get(limits(people.other_domain)).status_code == 404


def test_a_number_that_is_none_is_told_at_its_field(people, client_of):
    client = client_of(people.admin)
    form = filled(client.get(limits(people.domain)).text)
    answer = client.post(limits(people.domain), data=form | {"account_limit": "lots"})
    assert answer.status_code == 422
    assert "account_limit-error" in answer.text and 'value="lots"' in answer.text


def test_the_slower_of_two_sees_the_others_limit(people, client_of):
    slow = client_of(people.admin)
    form = filled(slow.get(limits(people.domain)).text)
    client_of(people.web_admin).post(limits(people.domain), data=form | {"account_limit": "70"})
    answer = slow.post(limits(people.domain), data=form | {"account_limit": "80"})
    assert answer.status_code == 422 and "Somebody else changed this" in answer.text


def test_a_full_domain_says_so_in_the_form_for_accounts(people, client_of):
    people.domain.account_limit = 6
    db.session.commit()
    data = {"domain": people.domain.id, "name": "Neuf", "alias": "neuf", "role": "user"}
    data["password"] = "tilleul-rivage-boussole-9"
    answer = client_of(people.domain_admin).post("/admin/accounts/new", data=data)
    assert answer.status_code == 422
    assert "limit of 6 accounts" in answer.text
    assert 'value="Neuf"' in answer.text


def test_the_last_day_is_kept_as_a_day_and_asked_back(people, client_of):
    client = client_of(people.admin)
    form = filled(client.get(properties(people.other_domain)).text)
    data = form | {"expires_on": "2031-03-31", "guest_days": "20", "guest_days_longest": "60"}
    assert client.post(properties(people.other_domain), data=data).status_code == 303
    domain = stored(people.other_domain)
    assert domain.expires_at.isoformat() == "2031-03-31T22:00:00+00:00"
    assert (domain.guest_days, domain.guest_days_longest) == (20, 60)
    assert 'value="2031-03-31"' in client.get(properties(people.other_domain)).text


@pytest.mark.parametrize("typed", ["yesterday", "2031-02-30", "2020-01-01"])
def test_days_that_are_none_or_over_are_told_at_the_field(people, client_of, typed):
    client = client_of(people.admin)
    form = filled(client.get(properties(people.other_domain)).text)
    answer = client.post(properties(people.other_domain), data=form | {"expires_on": typed})
    assert answer.status_code == 422
    assert "expires_on-error" in answer.text and f'value="{typed}"' in answer.text


def test_what_a_domain_administrator_sends_of_the_servers_fields_counts_for_nothing(people, client_of):
    client = client_of(people.domain_admin)
    form = filled(client.get(properties(people.domain)).text)
    data = form | {"expires_on": "2031-03-31", "guest_days_longest": "999", "guest_days": "9"}
    assert client.post(properties(people.domain), data=data).status_code == 303
    domain = stored(people.domain)
    assert (domain.expires_at, domain.guest_days_longest, domain.guest_days) == (None, None, 9)


def test_suspending_is_asked_about_in_numbers(people, client_of):
    client = client_of(people.admin)
    form = filled(client.get(properties(people.other_domain)).text) | {"state": "suspended"}
    asked = client.post(properties(people.other_domain), data=form)
    assert asked.status_code == 422
    assert "2 people of autre.example can no longer sign in." in asked.text
    assert stored(people.other_domain).state is DomainState.ACTIVE
    assert client.post(properties(people.other_domain), data=form | {"answer": "suspend"}).status_code == 303
    assert stored(people.other_domain).state is DomainState.SUSPENDED


def test_two_questions_are_answered_one_after_the_other(people, client_of):
    client = client_of(people.admin)
    form = filled(client.get(properties(people.other_domain)).text) | {"state": "suspended"}
    del form["teamchat"]
    first = client.post(properties(people.other_domain), data=form)
    assert 'value="stop"' in first.text
    second = client.post(properties(people.other_domain), data=form | {"answer": "stop"})
    assert 'type="hidden" name="answer" value="stop"' in second.text
    done = client.post(properties(people.other_domain), data=form | {"answer": ["suspend", "stop"]})
    assert done.status_code == 303


def test_deleting_tells_numbers_and_asks_for_the_name(people, client_of):
    client, url = client_of(people.admin), f"/admin/domains/{people.other_domain.id}/delete"
    page = client.get(url).text
    assert "2 accounts are deleted." in page and "1 group is deleted." in page
    wrong = client.fragment(url, "dialog", method="POST", data={"name": "autre"})
    assert wrong.status_code == 422
    assert "typed-name-error" in wrong.text and 'value="autre"' in wrong.text
    done = client.fragment(url, "dialog", method="POST", data={"name": "autre.example"})
    task = db.session.query(Task).one()
    assert done.headers["HX-Redirect"] == f"/admin/tasks/{task.id}/"
    assert "being deleted" in client.get(properties(people.other_domain)).text


def test_others_neither_see_nor_do_it(people, client_of):
    url = f"/admin/domains/{people.other_domain.id}/delete"
    assert client_of(people.rivale).get(url).status_code == 403
    assert client_of(people.domain_admin).post(url, data={"name": "autre.example"}).status_code == 404
    assert "/delete" not in client_of(people.rivale).get(properties(people.other_domain)).text
    assert "/delete" not in client_of(people.admin).get(properties(people.domain)).text


def test_tiles_say_why_they_cannot_be_changed(people, client_of):
    page = client_of(people.domain_admin).get(properties(people.domain)).text
    assert page.count("You cannot change this") == 3
    assert "You cannot change this" not in client_of(people.admin).get(properties(people.domain)).text
    people.domain.has_teamchat = False
    db.session.commit()
    account = client_of(people.admin).get(f"/admin/accounts/{people.arthur.id}/").text
    assert "Off for the domain: cannot be changed here" in account
