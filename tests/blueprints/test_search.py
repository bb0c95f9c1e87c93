"""Search through its page, from both sides."""

import pytest

from app.operations import messages
from app.queries.search import messages as message_queries
from tests.support import factories


@pytest.fixture
def posted(people):
    return messages.post_message(people.arthur, people.room.id, "Le <b>devis</b> est signé")


def test_a_hit_leads_to_its_place_in_the_room(people, client_of, posted):
    page = client_of(people.jean).get("/webmail/search?q=devis").text
    assert f"/webmail/rooms/{people.room.id}?at={posted.seq}#m-{posted.message_id}" in page
    assert "&lt;b&gt;<mark>devis</mark>&lt;/b&gt;" in page


def test_a_fragment_is_the_hits_alone(people, client_of, posted):
    client = client_of(people.jean)
    headers = {"HX-Request": "true", "HX-Target": "div#hits"}
    assert "<html" not in client.get("/webmail/search?q=devis", headers=headers).text
    assert "<mark>devis</mark>" in client.get("/webmail/search?q=devis", headers=headers).text


def test_outsiders_find_nothing_and_learn_nothing(people, client_of, posted):
    for stranger in (people.paul, people.autrui, people.admin):
        client = client_of(stranger)
        assert "<mark>" not in client.get("/webmail/search?q=devis").text
        assert client.get(f"/webmail/search?q=devis&room={people.room.id}").status_code == 404
        assert client.get("/webmail/search?q=devis&room=99999999").status_code == 404


def test_search_is_for_those_who_signed_in(people, visitor):
    assert visitor.get("/webmail/search?q=devis").status_code in (302, 303, 401)


@pytest.mark.parametrize(
    "query", ["", "q=", "q=%22", "q=" + "x" * 5000, "q=a&before=abc", "q=a&room=abc", "q=%00", "q=from:"]
)
def test_nonsense_is_answered_with_a_page(people, client_of, query):
    assert client_of(people.jean).get(f"/webmail/search?{query}").status_code == 200


def test_older_hits_are_a_link(people, client_of):
    for _ in range(message_queries.PAGE + 1):
        factories.make_message(people.room, people.arthur, "pain")
    page = client_of(people.jean).get("/webmail/search?q=pain").text
    assert page.count('class="hit"') == message_queries.PAGE and "before=" in page
