"""Search through its page, from both sides."""

import pytest

from app.operations import messages
from app.queries import search
from tests import factories


@pytest.fixture
def posted(cast):
    return messages.post_message(cast.arthur, cast.room.id, "Le <b>devis</b> est signé")


def test_a_hit_leads_to_its_place_in_the_room(cast, client_of, posted):
    page = client_of(cast.jean).get("/webmail/search?q=devis").text
    assert f"/webmail/rooms/{cast.room.id}?at={posted.seq}#m-{posted.message_id}" in page
    assert "&lt;b&gt;<mark>devis</mark>&lt;/b&gt;" in page


def test_a_fragment_is_the_hits_alone(cast, client_of, posted):
    client = client_of(cast.jean)
    headers = {"HX-Request": "true", "HX-Target": "div#hits"}
    assert "<html" not in client.get("/webmail/search?q=devis", headers=headers).text
    assert "<mark>devis</mark>" in client.get("/webmail/search?q=devis", headers=headers).text


def test_outsiders_find_nothing_and_learn_nothing(cast, client_of, posted):
    for stranger in (cast.paul, cast.autrui, cast.admin):
        client = client_of(stranger)
        assert "<mark>" not in client.get("/webmail/search?q=devis").text
        assert client.get(f"/webmail/search?q=devis&room={cast.room.id}").status_code == 404
        assert client.get("/webmail/search?q=devis&room=99999999").status_code == 404


def test_search_is_for_those_who_signed_in(cast, visitor):
    assert visitor.get("/webmail/search?q=devis").status_code in (302, 303, 401)


@pytest.mark.parametrize(
    "query", ["", "q=", "q=%22", "q=" + "x" * 5000, "q=a&before=abc", "q=a&room=abc", "q=%00", "q=from:"]
)
def test_nonsense_is_answered_with_a_page(cast, client_of, query):
    assert client_of(cast.jean).get(f"/webmail/search?{query}").status_code == 200


def test_older_hits_are_a_link(cast, client_of):
    for _ in range(search.PAGE + 1):
        factories.make_message(cast.room, cast.arthur, "pain")
    page = client_of(cast.jean).get("/webmail/search?q=pain").text
    assert page.count('class="hit"') == search.PAGE and "before=" in page
