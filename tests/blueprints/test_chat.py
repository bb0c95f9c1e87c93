"""The WebClient's addresses, from both sides: who is in the room, and who is not."""

import re
import uuid

import pytest
from sqlalchemy import select

from app import limits
from app.extensions import db
from app.models import Message, Principal, ReadMark, RoomState, ServiceName
from app.operations import messages, services
from app.operations.messages import reading
from app.rules.rights import READ, Right, access
from tests.support import factories

PIECE = re.compile(r"<div data-last-seq=\"(\d+)\" data-last-change=\"(\d+)\"([^>]*)>")


@pytest.fixture
def arthur(people, client_of):
    """Arthur's browser: he is in the room."""
    return client_of(people.arthur)


@pytest.fixture
def said(people):
    """Return a message of jean in the room."""
    return messages.post_message(people.jean, people.room.id, "Rendez-vous à **midi**")


def seqs(answer) -> list[int]:
    """Return the sequence numbers of the messages in an answer."""
    return [int(seq) for seq in re.findall(r"data-seq=\"(\d+)\"[^>]*data-note", answer.text)]


def ways_in(room_id: int, message_id: int) -> list[str]:
    """Every address that shows something of a room."""
    room = f"/webmail/rooms/{room_id}"
    message = f"{room}/messages/{message_id}"
    queries = ("?before=9", "?after=0", "?around=1", "?changes=0")
    return [
        room,
        f"{room}/messages",
        *(f"{room}/messages{query}" for query in queries),
        message,
        f"{message}/source",
    ]


def test_the_list_shows_the_rooms_one_is_in_and_no_other(people, client_of):
    assert "groupetc" in client_of(people.arthur).get("/webmail/").text
    for stranger in (people.paul, people.autrui, people.admin):
        page = client_of(stranger).get("/webmail/").text
        assert "groupetc" not in page and "You are not in any room yet" in page


def test_pages_and_their_pieces_agree(people, arthur, said):
    assert "<html" in arthur.get("/webmail/rooms").text
    listed = arthur.fragment("/webmail/rooms", "room_list").text
    assert "<html" not in listed and f'data-room="{people.room.id}"' in listed
    piece = arthur.fragment(f"/webmail/rooms/{people.room.id}", "content").text
    assert "<html" not in piece and piece.strip().startswith("<tc-room")
    assert f'id="m-{said.message_id}"' in piece
    assert f'id="m-{said.message_id}"' in arthur.get(f"/webmail/rooms/{people.room.id}").text


def test_who_is_in_the_room_gets_in_by_every_address(people, client_of, said):
    jean = client_of(people.jean)
    assert {jean.get(way).status_code for way in ways_in(people.room.id, said.message_id)} == {200}


def test_for_everybody_else_none_of_them_exists(people, client_of, said):
    for stranger in (people.paul, people.autrui, people.admin, people.domain_admin):
        browser = client_of(stranger)
        answers = [browser.get(way) for way in ways_in(people.room.id, said.message_id)]
        answers.append(browser.post(f"/webmail/rooms/{people.room.id}/messages", data={"body": "hello"}))
        assert {answer.status_code for answer in answers} == {404}
        assert not any("midi" in answer.text or "groupetc" in answer.text for answer in answers)


def test_a_room_that_is_not_there_looks_the_same(people, client_of):
    paul = client_of(people.paul)
    program = {"Accept": "application/json"}
    hidden, absent = (
        paul.get(f"/webmail/rooms/{number}", headers=program) for number in (people.room.id, 999_999)
    )
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json == absent.json


def test_strangers_are_asked_to_sign_in(people, visitor, said):
    for way in ("/webmail/", *ways_in(people.room.id, said.message_id)):
        assert visitor.get(way).headers["Location"].startswith("/sign-in")


def test_history_comes_in_pieces_both_ways(people, arthur):
    for number in range(120):
        factories.make_message(people.room, people.jean, f"line {number + 1}")
    base = f"/webmail/rooms/{people.room.id}/messages"
    assert seqs(arthur.get(base)) == list(range(71, 121))
    assert seqs(arthur.get(f"{base}?before=71")) == list(range(21, 71))
    assert seqs(arthur.get(f"{base}?after=100")) == list(range(101, 121))
    around = arthur.get(f"{base}?around=60")
    assert seqs(around) == list(range(35, 85))
    assert PIECE.search(around.text).groups() == ("120", "0", " data-has-before data-has-after")
    assert "data-has-before" not in PIECE.search(arthur.get(f"{base}?before=21").text)[3]
    assert "data-has-after" not in PIECE.search(arthur.get(f"{base}?after=100").text)[3]


@pytest.mark.parametrize(
    "query", ["before=x", "after=-1", "around=", "changes=99999999999999999999999", "at=x"]
)
def test_nonsense_in_an_address_is_left_out(people, arthur, said, query):
    answer = arthur.get(f"/webmail/rooms/{people.room.id}/messages?{query}")
    assert answer.status_code == 200 and seqs(answer) == [1]
    assert arthur.get(f"/webmail/rooms/{people.room.id}?{query}").status_code == 200


def test_changes_are_told_since_a_change(people, arthur, said):
    second = messages.post_message(people.jean, people.room.id, "second")
    messages.edit_message(people.jean, said.message_id, "Rendez-vous à une heure")
    messages.delete_message(people.jean, second.message_id)
    base = f"/webmail/rooms/{people.room.id}/messages?changes="
    everything, newest, nothing = (arthur.get(f"{base}{number}") for number in (0, 1, 2))
    assert seqs(everything) == [1, 2]
    assert "une heure" in everything.text and "Message deleted" in everything.text
    assert seqs(newest) == [2] and seqs(nothing) == []
    assert {PIECE.search(answer.text)[2] for answer in (everything, newest, nothing)} == {"2"}


def test_a_long_list_of_changes_says_where_it_stopped(people, arthur):
    posted = [messages.post_message(people.jean, people.room.id, f"line {number}") for number in range(60)]
    for number, one in enumerate(posted):
        messages.edit_message(people.jean, one.message_id, f"changed {number}")
    answer = arthur.get(f"/webmail/rooms/{people.room.id}/messages?changes=0")
    assert PIECE.search(answer.text).groups()[1] == "50" and "data-has-after" in PIECE.search(answer.text)[3]
    rest = arthur.get(f"/webmail/rooms/{people.room.id}/messages?changes=50")
    assert seqs(rest) == list(range(51, 61)) and PIECE.search(rest.text)[2] == "60"


def test_a_message_says_facts_and_nothing_about_its_reader(people, client_of, said):
    texts = {
        client_of(reader).get(f"/webmail/rooms/{people.room.id}/messages/{said.message_id}").text
        for reader in (people.arthur, people.jean)
    }
    assert len(texts) == 1
    message = texts.pop()
    assert f'data-author="{people.jean.id}"' in message and "<strong>midi</strong>" in message
    assert "style=" not in message and "hx-ignore" in message


def test_a_message_is_found_in_its_own_room_only(people, arthur, said):
    other = factories.make_room(people.group, "Other")
    assert arthur.get(f"/webmail/rooms/{other.id}/messages/{said.message_id}").status_code == 404


def test_what_was_typed_is_for_whoever_may_edit_it(people, client_of, said):
    way = f"/webmail/rooms/{people.room.id}/messages/{said.message_id}/source"
    answer = client_of(people.jean).get(way)
    assert answer.text == "Rendez-vous à **midi**" and answer.mimetype == "text/plain"
    assert client_of(people.arthur).get(way).status_code == 403
    own_line(people, people.arthur, READ | Right.ITEMS_MODIFY)
    assert client_of(people.arthur).get(way).status_code == 200
    messages.delete_message(people.jean, said.message_id)
    assert client_of(people.jean).get(way).status_code == 404


def own_line(people, account, rights) -> None:
    """Give one person a line of their own in the room's list."""
    factories.make_grant(people.room.folder, Principal.ACCOUNT, account.id, rights)
    access.forget()


def test_without_scripts_a_form_posts(people, arthur):
    room = f"/webmail/rooms/{people.room.id}"
    client_id = re.search(r'name="client_id"[^>]*value="([^"]+)"', arthur.get(room).text)[1]
    answers = [
        arthur.post(f"{room}/messages", data={"body": "By form", "client_id": client_id})
        for _twice in range(2)
    ]
    assert {answer.status_code for answer in answers} == {303}
    assert [message.body for message in db.session.scalars(select(Message))] == ["By form"]


def test_the_form_keeps_what_is_refused(people, arthur):
    too_long = "x" * 40_001
    answer = arthur.post(f"/webmail/rooms/{people.room.id}/messages", data={"body": too_long})
    assert answer.status_code == 422 and too_long in answer.text and "composer-error" in answer.text
    assert arthur.post(f"/webmail/rooms/{people.room.id}/messages", data={"body": "  "}).status_code == 422


def test_the_form_goes_no_faster_than_the_socket(app, people, arthur, monkeypatch):
    app.config.update(MESSAGE_BURST=2, MESSAGE_RATE=0.001)
    monkeypatch.setattr(limits, "_messages", limits.OrderedDict())
    address = f"/webmail/rooms/{people.room.id}/messages"
    answers = [arthur.post(address, data={"body": "hello"}).status_code for _ in range(3)]
    assert answers == [303, 303, 429]


def test_the_form_wants_its_token(people, arthur):
    answer = arthur.post(f"/webmail/rooms/{people.room.id}/messages", data={"body": "x"}, has_token=False)
    assert answer.status_code == 400 and db.session.scalar(select(Message.id)) is None


def test_who_may_only_read_is_shown_so_and_cannot_post(people, arthur):
    own_line(people, people.arthur, READ)
    page = arthur.get(f"/webmail/rooms/{people.room.id}")
    assert page.status_code == 200 and 'data-mode="read-only"' in page.text
    answer = arthur.post(
        f"/webmail/rooms/{people.room.id}/messages", data={"body": "x", "client_id": str(uuid.uuid4())}
    )
    assert answer.status_code == 403 and db.session.scalar(select(Message.id)) is None


def test_who_sees_a_room_and_may_not_read_it_is_told_so(people, arthur, said):
    own_line(people, people.arthur, Right.FOLDER_READ)
    page = arthur.get(f"/webmail/rooms/{people.room.id}")
    assert page.status_code == 403 and "You may not read this room" in page.text and "midi" not in page.text
    for way in ways_in(people.room.id, said.message_id)[1:]:
        answer = arthur.get(way)
        assert answer.status_code == 403 and "midi" not in answer.text


def test_an_archived_room_is_read_and_no_longer_written(people, arthur, said):
    people.room.state = RoomState.ARCHIVED
    db.session.commit()
    page = arthur.get(f"/webmail/rooms/{people.room.id}").text
    assert 'data-mode="archived"' in page and "midi" in page


def test_unread_is_what_came_since_the_last_reading(people, arthur, said):
    link = re.compile(rf'<a class="rooms-link([^"]*)"[^>]*data-room="{people.room.id}"[^>]*>')

    def seen():
        return link.search(arthur.fragment("/webmail/rooms", "room_list").text)

    assert "is-unread" in seen()[1] and "data-read" not in seen()[0]
    reading.open_room(people.arthur, people.room.id)
    assert "is-unread" not in seen()[1] and 'data-read="1"' in seen()[0]
    messages.post_message(people.jean, people.room.id, "more")
    assert "is-unread" in seen()[1] and 'data-seq="2"' in seen()[0] and 'data-read="1"' in seen()[0]


def test_a_room_with_much_unread_opens_where_reading_stopped(people, arthur):
    for number in range(120):
        factories.make_message(people.room, people.jean, f"line {number + 1}")
    reading.mark_read(people.arthur, people.room.id, 60)
    assert 61 in seqs(arthur.get(f"/webmail/rooms/{people.room.id}"))
    assert 120 not in seqs(arthur.get(f"/webmail/rooms/{people.room.id}"))
    assert seqs(arthur.get(f"/webmail/rooms/{people.room.id}?at=10"))[:10] == list(range(1, 11))


def test_opening_a_page_marks_nothing_as_read(people, arthur, said):
    arthur.get(f"/webmail/rooms/{people.room.id}")
    assert db.session.scalar(select(ReadMark.room_id)) is None


def test_a_stopped_service_leaves_the_frame_and_says_so(people, arthur):
    services.stop_service(people.admin, ServiceName.TEAMCHAT)
    page = arthur.get(f"/webmail/rooms/{people.room.id}")
    assert page.status_code == 503 and "TeamChat is stopped" in page.text and "<tc-chat" in page.text
    assert arthur.get("/webmail/").status_code == 200
    piece = arthur.fragment(f"/webmail/rooms/{people.room.id}", "content")
    assert piece.status_code == 503 and piece.headers["HX-Reswap"] == "none"
    told = arthur.get(f"/webmail/rooms/{people.room.id}", headers={"Accept": "application/json"})
    assert (told.status_code, told.json["error"]) == (503, "service_stopped")


def test_without_teamchat_the_next_step_is_said(people, arthur):
    people.arthur.has_teamchat = False
    db.session.commit()
    page = arthur.get("/webmail/").text
    assert "TeamChat is not enabled for you" in page
    assert arthur.get(f"/webmail/rooms/{people.room.id}").status_code == 404


def test_what_people_wrote_bears_no_command(people, arthur):
    nasty = '<b hx-get="/admin/">x</b> <script>alert(1)</script> <a href="javascript:1">y</a>'
    messages.post_message(people.jean, people.room.id, nasty)
    page = arthur.get(f"/webmail/rooms/{people.room.id}/messages").text
    body = page[page.index("message-body") :]
    assert "<b " not in body and "<script" not in body and '<a href="javascript' not in body


def test_a_room_costs_the_same_number_of_statements_however_much_was_said(people, arthur, count_statements):
    def cost():
        with count_statements() as seen:
            arthur.get(f"/webmail/rooms/{people.room.id}")
        return len(seen)

    factories.make_message(people.room, people.jean)
    cost()
    before = cost()
    for _more in range(60):
        factories.make_message(people.room, people.jean)
    assert cost() <= before


def test_names_are_shown_as_names(people, arthur):
    people.jean.name = "<img src=x onerror=1>"
    people.room.name = "<i>room</i>"
    db.session.commit()
    messages.post_message(people.jean, people.room.id, "x")
    page = arthur.get(f"/webmail/rooms/{people.room.id}").text
    assert "<img src=x" not in page and "<i>room" not in page
