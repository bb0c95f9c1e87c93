"""Search: what was said is found by its words, by those who may read it, as it is now."""

import pytest

from app.extensions import db
from app.jobs.handlers import index_messages
from app.models import MessageWord, Principal, RoomState, SearchMark, now
from app.operations import messages
from app.operations import search as verbs
from app.queries.search import messages as message_queries
from app.rules.rights import Right, access
from tests.support import factories


@pytest.fixture(params=["at once", "after the worker came by", "half and half"])
def said(request, people):
    """Three messages of the room, and how much of them the worker has read by now."""

    def say(*bodies):
        posted = []
        for place, body in enumerate(bodies):
            posted.append(messages.post_message(people.arthur, people.room.id, body))
            if request.param == "half and half" and not place:
                index_messages()
        if request.param == "after the worker came by":
            index_messages()
        return posted

    return say


def found(account, text, **more):
    return [
        hit.id
        for hit in message_queries.find_messages(account, message_queries.parse_query(text, **more)).hits
    ]


def test_words_are_found_without_case_and_accents(people, said):
    first, _second = said("L'invitation à Élodie", "autre chose")
    assert found(people.jean, "ELODIE invitation") == [first.message_id]
    assert found(people.jean, "elod") == [first.message_id]
    assert found(people.jean, "elod ") == []
    assert found(people.jean, "elodie chose") == []


def test_phrases_stand_together(people, said):
    first, _second = said("compte rendu du matin", "du matin un compte")
    assert found(people.jean, '"compte rendu"') == [first.message_id]
    assert len(found(people.jean, "compte matin")) == 2


def test_the_newest_stands_first(people, said):
    posted = said("pain", "pain", "pain")
    assert found(people.jean, "pain") == [each.message_id for each in reversed(posted)]


def test_only_what_somebody_said(people, said):
    said("pain")
    mine = messages.post_message(people.jean, people.room.id, "du pain")
    assert found(people.arthur, "pain from:jean") == [mine.message_id]
    assert found(people.arthur, "de:jean") == [mine.message_id]
    assert found(people.arthur, "pain from:nobody") == []


def test_an_edited_message_is_found_by_what_it_says_now(people, said):
    (first,) = said("pain")
    messages.edit_message(people.arthur, first.message_id, "fromage")
    for _ in range(2):
        assert found(people.jean, "pain") == []
        assert found(people.jean, "fromage") == [first.message_id]
        index_messages()


def test_a_deleted_message_is_not_found(people, said):
    (first,) = said("pain")
    messages.delete_message(people.arthur, first.message_id)
    for _ in range(2):
        assert found(people.jean, "pain") == []
        index_messages()
    assert db.session.query(MessageWord).count() == 0


def test_who_may_not_read_finds_nothing(people, said):
    said("secret")
    assert found(people.paul, "secret") == [] and found(people.rivale, "secret") == []
    assert found(people.paul, "secret", room_id=people.room.id) == []
    factories.make_grant(people.room.folder, Principal.ACCOUNT, people.jean.id, Right.FOLDER_READ)
    access.forget()
    assert found(people.jean, "secret") == [], "who sees a room without reading it finds nothing in it"
    assert found(people.admin, "secret") == [], "an administrator does not read by being one"


def test_an_archived_room_is_searched_and_a_deleted_one_is_not(people, said):
    (first,) = said("pain")
    people.room.state = RoomState.ARCHIVED
    db.session.commit()
    access.forget()
    assert found(people.jean, "pain") == [first.message_id]
    people.room.state, people.room.deleted_at = RoomState.DELETED, now()
    db.session.commit()
    access.forget()
    assert found(people.jean, "pain") == []


def test_a_guest_finds_what_was_said_since_they_joined_where_the_room_says_so(people, said):
    said("pain", "pain")
    guest = factories.make_account(people.domain, "bt", is_guest=True)
    factories.join_room(people.room, guest, joined_seq=1)
    assert len(found(guest, "pain")) == 2
    people.room.guests_see_history = False
    db.session.commit()
    access.forget()
    assert len(found(guest, "pain")) == 1


def test_pages_follow_each_other_without_gap(people):
    posted = [
        factories.make_message(people.room, people.arthur, "pain").id
        for _ in range(2 * message_queries.PAGE + 5)
    ]
    index_messages()
    seen, before = [], None
    while True:
        page = message_queries.find_messages(people.jean, message_queries.parse_query("pain"), before)
        seen += [hit.id for hit in page.hits]
        before = page.next
        if before is None:
            break
    assert seen == sorted(posted, reverse=True)


def test_the_number_of_statements_is_fixed(people, count_statements):
    for _ in range(3):
        factories.make_message(people.room, people.arthur, "pain")
    with count_statements() as few:
        assert len(found(people.jean, "pain")) == 3
    for number in range(6):
        room = factories.make_room(people.group, f"Room {number}")
        for _ in range(3):
            factories.make_message(room, people.arthur, "pain")
    access.forget()
    with count_statements() as many:
        assert len(found(people.jean, "pain")) == 21
    assert len(many) <= len(few) + 1


def test_the_worker_reads_each_message_once_and_in_batches(people, monkeypatch):
    monkeypatch.setattr(verbs, "BATCH", 4)
    for _ in range(10):
        factories.make_message(people.room, people.arthur, "pain et fromage")
    assert index_messages() == 10
    assert index_messages() == 0
    assert db.session.query(MessageWord).filter_by(word="pain").count() == 10
    assert db.session.get(SearchMark, people.room.id).last_seq == 10


def test_a_rooms_words_can_be_taken_away(people):
    factories.make_message(people.room, people.arthur, "pain")
    index_messages()
    while verbs.forget_room(people.room.id):
        pass
    assert db.session.query(MessageWord).count() == 0 and db.session.query(SearchMark).count() == 0


def test_nothing_is_asked_for_nothing(people, said):
    said("pain")
    for text in ("", "   ", '""', "%", "_", "*", "+-"):
        assert found(people.jean, text) == []


def test_rooms_are_found_by_their_name(people):
    asked = message_queries.parse_query("team")
    assert [seen.room.id for seen in message_queries.find_rooms(people.jean, asked)] == [people.room.id]
    assert message_queries.find_rooms(people.paul, asked) == []


def test_a_phrase_is_found_behind_many_messages_that_only_hold_its_words(people):
    wanted = factories.make_message(people.room, people.arthur, "compte rendu")
    for _ in range(2 * message_queries.PAGE):
        factories.make_message(people.room, people.arthur, "rendu sur le compte")
    index_messages()
    assert found(people.jean, '"compte rendu"') == [wanted.id]


def test_there_is_an_end_to_how_much_is_looked_at_in_one_go(people, monkeypatch):
    monkeypatch.setattr(message_queries, "ROUNDS", 1)
    wanted = factories.make_message(people.room, people.arthur, "compte rendu")
    for _ in range(message_queries.PAGE):
        factories.make_message(people.room, people.arthur, "rendu sur le compte")
    index_messages()
    asked = message_queries.parse_query('"compte rendu"')
    first = message_queries.find_messages(people.jean, asked)
    assert not first.hits and first.next
    assert [hit.id for hit in message_queries.find_messages(people.jean, asked, first.next).hits] == [
        wanted.id
    ]


@pytest.mark.parametrize("text", ["pain", "pain ", "pai", "pain fromage", "pain from:arthur", "from:arthur"])
def test_what_is_common_is_found_in_windows_without_gap(people, monkeypatch, text):
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
    seen, before = [], None
    while not seen or before:
        page = message_queries.find_messages(people.jean, message_queries.parse_query(text), before)
        seen += [hit.id for hit in page.hits]
        before = page.next
    assert seen == posted[::-1]


def test_a_room_with_more_than_five_hundred_beside_it_is_searched(people):
    with factories.in_one_commit():
        rooms = [factories.make_room(people.group, f"Room {number}") for number in range(501)]
    access.forget()
    wanted = [factories.make_message(room, people.arthur, "pain").id for room in (rooms[0], rooms[-1])]
    index_messages()
    assert found(people.jean, "pain") == wanted[::-1]
