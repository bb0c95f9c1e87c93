"""Search: messages are found by their current words, by people who may read them."""

import pytest

from app.extensions import db
from app.jobs.handlers import index_messages
from app.models import MessageWord, Principal, RoomState, SearchMark, now
from app.operations import messages
from app.operations import search as search_operations
from app.queries.search import messages as message_queries
from app.rules.rights import Right, access
from tests.support import factories


@pytest.fixture(params=["at once", "after the worker came by", "half and half"])
def post_all(request, people):
    """Return a function that posts messages, of which the worker has indexed none, some or all."""

    def post(*bodies):
        posted = []
        for number, body in enumerate(bodies):
            posted.append(messages.post_message(people.arthur, people.room.id, body))
            if request.param == "half and half" and not number:
                index_messages()
        if request.param == "after the worker came by":
            index_messages()
        return posted

    return post


def search_ids(account, text, **more):
    return [
        hit.id
        for hit in message_queries.find_messages(account, message_queries.parse_query(text, **more)).hits
    ]


def test_search_ignores_case_and_accents(people, post_all):
    first, _second = post_all("L'invitation à Élodie", "autre chose")
    assert search_ids(people.jean, "ELODIE invitation") == [first.message_id]
    assert search_ids(people.jean, "elod") == [first.message_id]
    assert search_ids(people.jean, "elod ") == []
    assert search_ids(people.jean, "elodie chose") == []


def test_phrase_matches_adjacent_words_only(people, post_all):
    first, _second = post_all("compte rendu du matin", "du matin un compte")
    assert search_ids(people.jean, '"compte rendu"') == [first.message_id]
    assert len(search_ids(people.jean, "compte matin")) == 2


def test_newest_hits_come_first(people, post_all):
    posted = post_all("pain", "pain", "pain")
    assert search_ids(people.jean, "pain") == [message.message_id for message in reversed(posted)]


def test_search_filters_by_author(people, post_all):
    post_all("pain")
    message = messages.post_message(people.jean, people.room.id, "du pain")
    assert search_ids(people.arthur, "pain from:jean") == [message.message_id]
    assert search_ids(people.arthur, "de:jean") == [message.message_id]
    assert search_ids(people.arthur, "pain from:nobody") == []


def test_edited_message_is_found_by_its_new_text(people, post_all):
    (first,) = post_all("pain")
    messages.edit_message(people.arthur, first.message_id, "fromage")
    for _ in range(2):
        assert search_ids(people.jean, "pain") == []
        assert search_ids(people.jean, "fromage") == [first.message_id]
        index_messages()


def test_deleted_message_is_not_found(people, post_all):
    (first,) = post_all("pain")
    messages.delete_message(people.arthur, first.message_id)
    for _ in range(2):
        assert search_ids(people.jean, "pain") == []
        index_messages()
    assert db.session.query(MessageWord).count() == 0


def test_search_finds_nothing_without_the_right_to_read(people, post_all):
    post_all("secret")
    assert search_ids(people.paul, "secret") == [] and search_ids(people.rivale, "secret") == []
    assert search_ids(people.paul, "secret", room_id=people.room.id) == []
    factories.make_grant(people.room.folder, Principal.ACCOUNT, people.jean.id, Right.FOLDER_READ)
    access.forget()
    assert search_ids(people.jean, "secret") == [], "who sees a room without reading it finds nothing in it"
    assert search_ids(people.admin, "secret") == [], "an administrator does not read by being one"


def test_archived_room_is_searched_unlike_a_deleted_one(people, post_all):
    (first,) = post_all("pain")
    people.room.state = RoomState.ARCHIVED
    db.session.commit()
    access.forget()
    assert search_ids(people.jean, "pain") == [first.message_id]
    people.room.state, people.room.deleted_at = RoomState.DELETED, now()
    db.session.commit()
    access.forget()
    assert search_ids(people.jean, "pain") == []


def test_guest_without_history_finds_messages_since_joining(people, post_all):
    post_all("pain", "pain")
    guest = factories.make_account(people.domain, "bt", is_guest=True)
    factories.join_room(people.room, guest, joined_seq=1)
    assert len(search_ids(guest, "pain")) == 2
    people.room.guests_see_history = False
    db.session.commit()
    access.forget()
    assert len(search_ids(guest, "pain")) == 1


def test_search_pages_have_no_gap(people):
    posted = [
        factories.make_message(people.room, people.arthur, "pain").id
        for _ in range(2 * message_queries.PAGE + 5)
    ]
    index_messages()
    ids, before = [], None
    while True:
        page = message_queries.find_messages(people.jean, message_queries.parse_query("pain"), before)
        ids += [hit.id for hit in page.hits]
        before = page.next
        if before is None:
            break
    assert ids == sorted(posted, reverse=True)


def test_search_needs_a_fixed_number_of_statements(people, count_statements):
    for _ in range(3):
        factories.make_message(people.room, people.arthur, "pain")
    with count_statements() as few:
        assert len(search_ids(people.jean, "pain")) == 3
    for number in range(6):
        room = factories.make_room(people.group, f"Room {number}")
        for _ in range(3):
            factories.make_message(room, people.arthur, "pain")
    access.forget()
    with count_statements() as many:
        assert len(search_ids(people.jean, "pain")) == 21
    assert len(many) <= len(few) + 1


def test_worker_indexes_each_message_once_in_batches(people, monkeypatch):
    monkeypatch.setattr(search_operations, "BATCH", 4)
    for _ in range(10):
        factories.make_message(people.room, people.arthur, "pain et fromage")
    assert index_messages() == 10
    assert index_messages() == 0
    assert db.session.query(MessageWord).filter_by(word="pain").count() == 10
    assert db.session.get(SearchMark, people.room.id).last_seq == 10


def test_forgotten_room_loses_its_words(people):
    factories.make_message(people.room, people.arthur, "pain")
    index_messages()
    while search_operations.forget_room(people.room.id):
        pass
    assert db.session.query(MessageWord).count() == 0 and db.session.query(SearchMark).count() == 0


def test_empty_query_finds_nothing(people, post_all):
    post_all("pain")
    for text in ("", "   ", '""', "%", "_", "*", "+-"):
        assert search_ids(people.jean, text) == []


def test_rooms_are_found_by_their_name(people):
    query = message_queries.parse_query("team")
    assert [visible.room.id for visible in message_queries.find_rooms(people.jean, query)] == [people.room.id]
    assert message_queries.find_rooms(people.paul, query) == []


def test_phrase_is_found_behind_many_partial_matches(people):
    expected = factories.make_message(people.room, people.arthur, "compte rendu")
    for _ in range(2 * message_queries.PAGE):
        factories.make_message(people.room, people.arthur, "rendu sur le compte")
    index_messages()
    assert search_ids(people.jean, '"compte rendu"') == [expected.id]


def test_search_reads_a_bounded_number_of_messages_at_once(people, monkeypatch):
    monkeypatch.setattr(message_queries, "ROUNDS", 1)
    expected = factories.make_message(people.room, people.arthur, "compte rendu")
    for _ in range(message_queries.PAGE):
        factories.make_message(people.room, people.arthur, "rendu sur le compte")
    index_messages()
    query = message_queries.parse_query('"compte rendu"')
    first = message_queries.find_messages(people.jean, query)
    assert not first.hits and first.next
    assert [hit.id for hit in message_queries.find_messages(people.jean, query, first.next).hits] == [
        expected.id
    ]


@pytest.mark.parametrize("text", ["pain", "pain ", "pai", "pain fromage", "pain from:arthur", "from:arthur"])
def test_frequent_words_are_found_in_windows_without_gap(people, monkeypatch, text):
    monkeypatch.setattr(message_queries, "RARE", 3)
    monkeypatch.setattr(message_queries, "WINDOW", 2)
    monkeypatch.setattr(message_queries, "PAGE", 7)
    other = factories.make_room(people.group, "Other")
    hidden = factories.make_private_room(people.arthur, name="Hidden")
    posted = []
    for number in range(40):
        room = (people.room, hidden, other)[number % 3]
        message = factories.make_message(room, people.arthur, "pain, paille et fromage")
        posted += [message.id] if room is not hidden else []
    index_messages()
    access.forget()
    ids, before = [], None
    while not ids or before:
        page = message_queries.find_messages(people.jean, message_queries.parse_query(text), before)
        ids += [hit.id for hit in page.hits]
        before = page.next
    assert ids == posted[::-1]


def test_search_covers_more_than_five_hundred_rooms(people):
    with factories.in_one_commit():
        rooms = [factories.make_room(people.group, f"Room {number}") for number in range(501)]
    access.forget()
    expected = [factories.make_message(room, people.arthur, "pain").id for room in (rooms[0], rooms[-1])]
    index_messages()
    assert search_ids(people.jean, "pain") == expected[::-1]
