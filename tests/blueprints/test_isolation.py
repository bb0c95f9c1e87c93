"""A guest finds nothing of the company outside of their rooms: not by any page, parameter, form or socket event.

Everything outside is called zq…; the crawler reads from the code what it can try, so that what is new is tried too.
"""

import pytest
from sqlalchemy import select

from app.blueprints.chat import people, views
from app.errors import NotFound
from app.models import Account, Room
from app.queries import messages as conversation
from app.queries import messages as message_queries
from app.rules import rooms
from app.rules.rights import candidates, decision
from tests.support import crawler
from tests.support.crawler import Crawl, FoundOut, Walk
from tests.support.isolation import HINT, Company


@pytest.fixture
def company(people) -> Company:
    return Company(people)


def walk_of(app, client_of, company, *secrets, is_eager: bool = False) -> Walk:
    insider = crawler.Insider(
        client_of(company.guest), frozenset({company.room.id}), company.may_know(), HINT
    )
    return Walk(app, insider, Crawl(secrets or company.secrets, is_eager))


@pytest.mark.timeout(400)
def test_nothing_tells_of_anything_outside_not_even_that_it_exists(app, client_of, company):
    walk = walk_of(app, client_of, company)
    walk.everywhere()
    assert walk.crawl.found == [] and walk.crawl.tried > 1000


def test_where_history_and_members_are_hidden_nothing_tells_of_them(app, client_of, company):
    company.hide_what_was()
    walk = walk_of(app, client_of, company, "zqearly", *company.secrets)
    walk.inside()
    assert walk.crawl.found == []
    page = client_of(company.guest).get(f"/webmail/rooms/{company.room.id}?at=1").text
    assert "Welcome" in page and "zqearly" not in page


def test_the_crawler_finds_what_a_missing_filter_lets_out(app, client_of, company, monkeypatch):
    monkeypatch.setattr(message_queries, "outsiders", lambda room, views: frozenset())
    with pytest.raises(FoundOut):
        walk_of(app, client_of, company, "zqformer", is_eager=True).everywhere()


def test_the_crawler_finds_what_an_open_gate_lets_out(app, client_of, company, monkeypatch):
    monkeypatch.setattr(decision, "is_member", lambda *_who: True)
    monkeypatch.setattr(candidates, "_candidate_ids", lambda is_one: select(Room.id))
    candidates._candidates.cache_clear()
    try:
        with pytest.raises(FoundOut):
            walk_of(app, client_of, company, is_eager=True).everywhere()
    finally:
        monkeypatch.undo()
        candidates._candidates.cache_clear()


def test_the_crawler_finds_early_words_without_the_floor(app, client_of, company, monkeypatch):
    company.hide_what_was()
    monkeypatch.setattr(rooms, "history_starts", lambda account, ids: {})
    with pytest.raises(FoundOut):
        walk_of(app, client_of, company, "zqearly", is_eager=True).inside()


def test_the_crawler_finds_one_early_message_without_the_floor(app, client_of, company, monkeypatch):
    """The piece of the conversation keeps its history start; only the view of one message has lost it."""
    company.hide_what_was()
    monkeypatch.setattr(
        views, "_message", lambda seen, message_id: conversation.message_view(seen.room.id, message_id)
    )
    walk = walk_of(app, client_of, company, "zqearly")
    walk.inside()
    early = f"/messages/{company.early.id}"
    assert any(early in find and "tells zqearly" in find for find in walk.crawl.found)
    assert any(early in find and "not answered like" in find for find in walk.crawl.found)


def test_the_crawler_finds_that_somebody_exists(app, client_of, company, monkeypatch):
    outsider = company.outside[0].id

    def telling(account_id):
        if account_id == outsider:
            raise NotFound()
        return Account(id=account_id)

    monkeypatch.setattr(people, "_somebody", telling)
    with pytest.raises(FoundOut, match="not answered like"):
        walk_of(app, client_of, company, is_eager=True).everywhere("chat.remove_person")
