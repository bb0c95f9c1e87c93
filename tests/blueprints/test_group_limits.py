"""Limits of a group in WebAdmin, and what a sender is told."""

import pytest

from app.extensions import db
from app.models import Group
from tests.support.forms import filled


def address(group: Group) -> str:
    return f"/admin/groups/{group.id}/limits"


def limit_of(group: Group) -> int | None:
    return db.session.get(Group, group.id, populate_existing=True).sends_per_minute


@pytest.mark.parametrize("who", ["admin", "web_admin", "domain_admin"])
def test_a_limit_is_saved_and_taken_away(people, client_of, who):
    client = client_of(getattr(people, who))
    form = filled(client.get(address(people.group)).text)
    saved = client.post(address(people.group), data=form | {"sends_per_minute": " 1 200 "})
    assert saved.status_code == 303
    assert limit_of(people.group) == 1200
    form = filled(client.get(saved.location).text)
    assert form["sends_per_minute"] == 1200
    assert client.post(address(people.group), data=form | {"sends_per_minute": ""}).status_code == 303
    assert limit_of(people.group) is None


@pytest.mark.parametrize("typed", ["many", "0", "10001", "-3", "1.5", "9" * 40])
def test_what_is_no_limit_is_told_at_the_field_with_what_was_typed(people, client_of, typed):
    client = client_of(people.admin)
    form = filled(client.get(address(people.group)).text)
    answer = client.post(address(people.group), data=form | {"sends_per_minute": typed})
    assert answer.status_code == 422
    assert 'id="sends_per_minute-error"' in answer.text
    assert f'value="{typed}"' in answer.text
    assert limit_of(people.group) is None


def test_the_label_is_the_guides(people, client_of):
    people.admin.language = "fr"
    page = client_of(people.admin).get(address(people.group)).text
    assert "Nombre maximum d’envois par minute" in page.replace("&#39;", "'")
    assert ">Limites</a>" in page


def test_other_peoples_groups_do_not_exist(people, client_of):
    for page in (client_of(people.rivale).get, client_of(people.rivale).post):
        assert page(address(people.group)).status_code == 404
    assert client_of(people.arthur).get(address(people.group)).status_code == 403


def test_the_slower_of_two_sees_what_changed(people, client_of):
    slow, fast = client_of(people.admin), client_of(people.domain_admin)
    form = filled(slow.get(address(people.group)).text)
    fast.post(address(people.group), data=form | {"sends_per_minute": "7"})
    answer = slow.post(address(people.group), data=form | {"sends_per_minute": "9"})
    assert answer.status_code == 422
    assert "Somebody else changed this" in answer.text
    assert limit_of(people.group) == 7


def test_without_scripts_the_text_stays_and_the_seconds_are_told(people, client_of):
    people.group.sends_per_minute = 1
    db.session.commit()
    client, post = client_of(people.arthur), f"/webmail/rooms/{people.room.id}/messages"
    assert client.post(post, data={"body": "one"}).status_code == 303
    refused = client.post(post, data={"body": "two"})
    assert refused.status_code == 429
    assert "1 message a minute" in refused.text
    assert ">two</textarea>" in refused.text


def test_the_history_names_the_limit(people, client_of):
    client = client_of(people.admin)
    form = filled(client.get(address(people.group)).text)
    client.post(address(people.group), data=form | {"sends_per_minute": "12"})
    page = client.get(f"/admin/groups/{people.group.id}/history").text
    assert "Limits changed" in page and "<ins><bdi>12</bdi></ins>" in page
