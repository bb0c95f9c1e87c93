"""Search: what was said is found by its words, by those who may read it, as it is now."""

import pytest

from app.extensions import db
from app.jobs.search import index_messages
from app.models import MessageWord, Principal, RoomState, SearchMark, now
from app.operations import messages
from app.operations import search as verbs
from app.queries import kept_words, search
from app.rules.rights import Right, access
from tests import factories


@pytest.fixture(params=["at once", "after the worker came by", "half and half"])
def said(request, cast):
    """Three messages of the room, and how much of them the worker has read by now."""

    def say(*bodies):
        posted = []
        for place, body in enumerate(bodies):
            posted.append(messages.post_message(cast.arthur, cast.room.id, body))
            if request.param == "half and half" and not place:
                index_messages()
        if request.param == "after the worker came by":
            index_messages()
        return posted

    return say


def found(account, text, **more):
    return [hit.id for hit in search.find_messages(account, search.question_of(text, **more)).hits]


def test_words_are_found_without_case_and_accents(cast, said):
    first, _second = said("L'invitation à Élodie", "autre chose")
    assert found(cast.jean, "ELODIE invitation") == [first.message_id]
    assert found(cast.jean, "elod") == [first.message_id]
    assert found(cast.jean, "elod ") == []
    assert found(cast.jean, "elodie chose") == []


def test_phrases_stand_together(cast, said):
    first, _second = said("compte rendu du matin", "du matin un compte")
    assert found(cast.jean, '"compte rendu"') == [first.message_id]
    assert len(found(cast.jean, "compte matin")) == 2


def test_the_newest_stands_first(cast, said):
    posted = said("pain", "pain", "pain")
    assert found(cast.jean, "pain") == [each.message_id for each in reversed(posted)]


def test_only_what_somebody_said(cast, said):
    said("pain")
    mine = messages.post_message(cast.jean, cast.room.id, "du pain")
    assert found(cast.arthur, "pain from:jean") == [mine.message_id]
    assert found(cast.arthur, "de:jean") == [mine.message_id]
    assert found(cast.arthur, "pain from:nobody") == []


def test_an_edited_message_is_found_by_what_it_says_now(cast, said):
    (first,) = said("pain")
    messages.edit_message(cast.arthur, first.message_id, "fromage")
    for _ in range(2):
        assert found(cast.jean, "pain") == []
        assert found(cast.jean, "fromage") == [first.message_id]
        index_messages()


def test_a_deleted_message_is_not_found(cast, said):
    (first,) = said("pain")
    messages.delete_message(cast.arthur, first.message_id)
    for _ in range(2):
        assert found(cast.jean, "pain") == []
        index_messages()
    assert db.session.query(MessageWord).count() == 0


def test_who_may_not_read_finds_nothing(cast, said):
    said("secret")
    assert found(cast.paul, "secret") == [] and found(cast.rivale, "secret") == []
    assert found(cast.paul, "secret", room_id=cast.room.id) == []
    factories.make_grant(cast.room.folder, Principal.ACCOUNT, cast.jean.id, Right.FOLDER_READ)
    access.forget()
    assert found(cast.jean, "secret") == [], "who sees a room without reading it finds nothing in it"
    assert found(cast.admin, "secret") == [], "an administrator does not read by being one"


def test_an_archived_room_is_searched_and_a_deleted_one_is_not(cast, said):
    (first,) = said("pain")
    cast.room.state = RoomState.ARCHIVED
    db.session.commit()
    access.forget()
    assert found(cast.jean, "pain") == [first.message_id]
    cast.room.state, cast.room.deleted_at = RoomState.DELETED, now()
    db.session.commit()
    access.forget()
    assert found(cast.jean, "pain") == []


def test_a_guest_finds_what_was_said_since_they_joined_where_the_room_says_so(cast, said):
    said("pain", "pain")
    guest = factories.make_account(cast.domain, "bt", is_guest=True)
    factories.join_room(cast.room, guest, joined_seq=1)
    assert len(found(guest, "pain")) == 2
    cast.room.guests_see_history = False
    db.session.commit()
    access.forget()
    assert len(found(guest, "pain")) == 1


def test_pages_follow_each_other_without_gap(cast):
    posted = [factories.make_message(cast.room, cast.arthur, "pain").id for _ in range(2 * search.PAGE + 5)]
    index_messages()
    seen, before = [], None
    while True:
        page = search.find_messages(cast.jean, search.question_of("pain"), before)
        seen += [hit.id for hit in page.hits]
        before = page.next
        if before is None:
            break
    assert seen == sorted(posted, reverse=True)


def test_the_number_of_statements_is_fixed(cast, count_statements):
    for _ in range(3):
        factories.make_message(cast.room, cast.arthur, "pain")
    with count_statements() as few:
        assert len(found(cast.jean, "pain")) == 3
    for number in range(6):
        room = factories.make_room(cast.group, f"Room {number}")
        for _ in range(3):
            factories.make_message(room, cast.arthur, "pain")
    access.forget()
    with count_statements() as many:
        assert len(found(cast.jean, "pain")) == 21
    assert len(many) <= len(few) + 1


def test_the_worker_reads_each_message_once_and_in_batches(cast, monkeypatch):
    monkeypatch.setattr(verbs, "BATCH", 4)
    for _ in range(10):
        factories.make_message(cast.room, cast.arthur, "pain et fromage")
    assert index_messages() == 10
    assert index_messages() == 0
    assert db.session.query(MessageWord).filter_by(word="pain").count() == 10
    assert db.session.get(SearchMark, cast.room.id).last_seq == 10


def test_a_rooms_words_can_be_taken_away(cast):
    factories.make_message(cast.room, cast.arthur, "pain")
    index_messages()
    while verbs.forget_room(cast.room.id):
        pass
    assert db.session.query(MessageWord).count() == 0 and db.session.query(SearchMark).count() == 0


def test_nothing_is_asked_for_nothing(cast, said):
    said("pain")
    for text in ("", "   ", '""', "%", "_", "*", "+-"):
        assert found(cast.jean, text) == []


def test_rooms_are_found_by_their_name(cast):
    asked = search.question_of("team")
    assert [seen.room.id for seen in search.find_rooms(cast.jean, asked)] == [cast.room.id]
    assert search.find_rooms(cast.paul, asked) == []


def test_a_phrase_is_found_behind_many_messages_that_only_hold_its_words(cast):
    wanted = factories.make_message(cast.room, cast.arthur, "compte rendu")
    for _ in range(2 * search.PAGE):
        factories.make_message(cast.room, cast.arthur, "rendu sur le compte")
    index_messages()
    assert found(cast.jean, '"compte rendu"') == [wanted.id]


def test_there_is_an_end_to_how_much_is_looked_at_in_one_go(cast, monkeypatch):
    monkeypatch.setattr(search, "ROUNDS", 1)
    wanted = factories.make_message(cast.room, cast.arthur, "compte rendu")
    for _ in range(search.PAGE):
        factories.make_message(cast.room, cast.arthur, "rendu sur le compte")
    index_messages()
    asked = search.question_of('"compte rendu"')
    first = search.find_messages(cast.jean, asked)
    assert not first.hits and first.next
    assert [hit.id for hit in search.find_messages(cast.jean, asked, first.next).hits] == [wanted.id]


@pytest.mark.parametrize("text", ["pain", "pain ", "pai", "pain fromage", "pain from:arthur", "from:arthur"])
def test_what_is_common_is_found_in_windows_without_gap(cast, monkeypatch, text):
    monkeypatch.setattr(kept_words, "RARE", 3)
    monkeypatch.setattr(kept_words, "WINDOW", 2)
    monkeypatch.setattr(search, "PAGE", 7)
    other = factories.make_room(cast.group, "Other")
    hidden = factories.make_private_room(cast.arthur, name="Hidden")
    posted = []
    for number in range(40):
        room = (cast.room, hidden, other)[number % 3]
        message = factories.make_message(room, cast.arthur, "pain, paille et fromage")
        posted += [message.id] if room is not hidden else []
    index_messages()
    access.forget()
    seen, before = [], None
    while not seen or before:
        page = search.find_messages(cast.jean, search.question_of(text), before)
        seen += [hit.id for hit in page.hits]
        before = page.next
    assert seen == posted[::-1]


def test_a_room_with_more_than_five_hundred_beside_it_is_searched(cast):
    with factories.in_one_commit():
        rooms = [factories.make_room(cast.group, f"Room {number}") for number in range(501)]
    access.forget()
    wanted = [factories.make_message(room, cast.arthur, "pain").id for room in (rooms[0], rooms[-1])]
    index_messages()
    assert found(cast.jean, "pain") == wanted[::-1]
