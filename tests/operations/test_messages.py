"""Posting, editing and deleting: numbered without holes, once, by those who may."""

import uuid

import pytest

from app.errors import Forbidden, Invalid, NotFound, ServiceStopped
from app.events import MessageChanged, MessagePosted
from app.extensions import db
from app.models import (
    AccessScope,
    AccountState,
    License,
    LicenseKind,
    Mention,
    Message,
    MessageVersion,
    Principal,
    ReadMark,
    Room,
    RoomState,
    Service,
    ServiceName,
    now,
)
from app.operations import messages
from app.operations.messages import posting, reading
from app.rules.rights import MODERATE, READ, WRITE, access
from app.transaction import operation, touch_access
from tests.support import factories


@operation(audited=False)
def change_access(change):
    """Change access as the operations of administrators do."""
    change()
    db.session.flush()
    touch_access(AccessScope.EVERYBODY)


def body_of(message_id):
    return db.session.get(Message, message_id, populate_existing=True).body


def test_messages_are_numbered_in_their_room(people):
    places = [
        messages.post_message(author, people.room.id, "hello").seq
        for author in (people.arthur, people.jean, people.arthur)
    ]
    assert places == [1, 2, 3]


def test_event_contains_everything_the_broadcast_shows(people, events):
    posted = messages.post_message(people.arthur, people.room.id, "**hello** @jean")
    (fact,) = [fact for fact in events if isinstance(fact, MessagePosted)]
    assert (fact.message_id, fact.seq, fact.author_name) == (posted.message_id, 1, people.arthur.name)
    assert "<strong>hello</strong>" in fact.html
    assert fact.mentioned_ids == (people.jean.id,)


def test_same_client_id_returns_same_message(people):
    client_id = str(uuid.uuid4())
    first = messages.post_message(people.arthur, people.room.id, "once", client_id=client_id)
    again = messages.post_message(people.arthur, people.room.id, "twice", client_id=client_id.upper())
    assert again == first
    assert body_of(first.message_id) == "once"
    assert db.session.get(Room, people.room.id, populate_existing=True).last_seq == 1


def test_client_id_is_separate_for_each_author(people):
    client_id = str(uuid.uuid4())
    first = messages.post_message(people.arthur, people.room.id, "mine", client_id=client_id)
    second = messages.post_message(people.jean, people.room.id, "mine too", client_id=client_id)
    assert first.message_id != second.message_id


def test_client_id_of_another_room_is_refused(people):
    client_id = str(uuid.uuid4())
    second_room = factories.make_room(people.group, "Second")
    messages.post_message(people.arthur, people.room.id, "there", client_id=client_id)
    with pytest.raises(Invalid) as refusal:
        messages.post_message(people.arthur, second_room.id, "here", client_id=client_id)
    assert refusal.value.code == "client_id_used"


def test_repeated_message_is_acknowledged_after_author_lost_access(people):
    client_id = str(uuid.uuid4())
    posted = messages.post_message(people.arthur, people.room.id, "before", client_id=client_id)
    change_access(lambda: setattr(people.arthur, "state", AccountState.MUTED))
    assert messages.post_message(people.arthur, people.room.id, "before", client_id=client_id) == posted
    with pytest.raises(Forbidden):
        messages.post_message(people.arthur, people.room.id, "after")


def test_room_is_not_found_by_outsiders(people):
    for stranger in (people.paul, people.autrui, people.admin):
        with pytest.raises(NotFound):
            messages.post_message(stranger, people.room.id, "let me in")
    with pytest.raises(NotFound):
        messages.post_message(people.arthur, people.room.id + 1000, "nowhere")


def test_reader_without_write_right_is_forbidden(people):
    factories.make_grant(people.room.folder, Principal.ACCOUNT, people.jean.id, READ)
    with pytest.raises(Forbidden):
        messages.post_message(people.jean, people.room.id, "quiet")
    assert messages.post_message(people.arthur, people.room.id, "loud").seq == 1


def test_refused_message_takes_no_number(people):
    with pytest.raises(NotFound):
        messages.post_message(people.paul, people.room.id, "no")
    assert messages.post_message(people.arthur, people.room.id, "yes").seq == 1


def test_change_of_access_invalidates_cached_right(people):
    messages.post_message(people.jean, people.room.id, "still in")
    entry = db.session.query(factories.MemberEntry).filter_by(account_id=people.jean.id).one()
    change_access(lambda: db.session.delete(entry))
    with pytest.raises(NotFound):
        messages.post_message(people.jean, people.room.id, "gone")


def test_stopped_service_is_named_in_refusal(people):
    service = db.session.query(Service).filter_by(name=ServiceName.GROUPWARE).one()
    change_access(lambda: setattr(service, "is_running", False))
    with pytest.raises(ServiceStopped):
        messages.post_message(people.arthur, people.room.id, "hello?")


def test_archived_room_and_ended_license_refuse_posting(people):
    change_access(lambda: setattr(people.room, "state", RoomState.ARCHIVED))
    with pytest.raises(Forbidden):
        messages.post_message(people.arthur, people.room.id, "too late")
    change_access(lambda: setattr(people.room, "state", RoomState.ACTIVE))
    ended = License(kind=LicenseKind.TRIAL, holder="x", seats=5, reference="r", valid_until=now())
    change_access(lambda: db.session.add(ended))
    with pytest.raises(Forbidden):
        messages.post_message(people.arthur, people.room.id, "too late")
    assert access.find_room(people.arthur, people.room.id).rights == READ


@pytest.mark.parametrize(
    "body, code",
    [("", "empty"), ("  \n\t", "empty"), (None, "empty"), (7, "empty"), ("x" * 40_001, "too_long")],
)
def test_invalid_body_is_refused(people, body, code):
    with pytest.raises(Invalid) as refusal:
        messages.post_message(people.arthur, people.room.id, body)
    assert refusal.value.code == code and refusal.value.field == "body"


@pytest.mark.parametrize("client_id", ["", "not a uuid", 5, ["x"], "x" * 500])
def test_client_id_that_is_no_uuid_is_refused(people, client_id):
    with pytest.raises(Invalid) as refusal:
        messages.post_message(people.arthur, people.room.id, "hello", client_id=client_id)
    assert refusal.value.code == "bad_client_id"


def test_text_of_any_script_is_stored_unchanged(people):
    body = "🦊 𝒜 שלום नमस्ते"
    posted = messages.post_message(people.arthur, people.room.id, body)
    assert body_of(posted.message_id) == body


def test_post_moves_own_mark_only_if_it_was_up_to_date(people):
    def mark(person):
        return db.session.get(ReadMark, (person.id, people.room.id), populate_existing=True).last_read_seq

    reading.open_room(people.arthur, people.room.id)
    reading.open_room(people.jean, people.room.id)
    messages.post_message(people.arthur, people.room.id, "one")
    messages.post_message(people.jean, people.room.id, "two")
    assert (mark(people.arthur), mark(people.jean)) == (1, 0)


def test_mention_applies_only_to_readers_of_room(people):
    posted = messages.post_message(people.arthur, people.room.id, "@jean @paul @nobody and mail@jean.fr")
    mentioned = db.session.query(Mention.account_id).filter_by(message_id=posted.message_id).all()
    assert mentioned == [(people.jean.id,)]


def test_edit_by_author_keeps_earlier_version(people, events):
    posted = messages.post_message(people.arthur, people.room.id, "frist")
    change = messages.edit_message(people.arthur, posted.message_id, "first")
    assert body_of(posted.message_id) == "first"
    assert db.session.query(MessageVersion.body, MessageVersion.number).all() == [("frist", 1)]
    assert MessageChanged(people.room.id, posted.message_id, change) in events


def test_refused_posts_of_one_commit_leave_no_rows(people):
    second_room = factories.make_room(people.group, "Second")
    drafts = [
        posting.Draft(author, room.id, "hello", str(uuid.uuid4()))
        for author, room in [
            (people.paul, second_room),
            (people.arthur, people.room),
            (people.paul, people.room),
        ]
    ]
    refused, posted, refused_too = posting._post_group(drafts)
    assert isinstance(refused, NotFound) and isinstance(refused_too, NotFound) and posted.seq == 1
    rooms = {room.id: room for room in db.session.query(Room).populate_existing()}
    assert (rooms[second_room.id].last_seq, rooms[second_room.id].last_posted_at) == (0, None)
    assert rooms[people.room.id].last_seq == 1 and rooms[people.room.id].last_posted_at is not None


def test_posts_of_one_commit_keep_their_own_mentions(people, events):
    bodies = ["@jean, a word", "does not name one person", "@arthur @jean, two"]
    posted = posting._post_group(
        [
            posting.Draft(author, people.room.id, body, str(uuid.uuid4()))
            for author, body in zip((people.arthur, people.jean, people.arthur), bodies, strict=True)
        ]
    )
    mentioned = [{people.jean.id}, set(), {people.arthur.id, people.jean.id}]
    facts = [fact for fact in events if isinstance(fact, MessagePosted)]
    assert [set(fact.mentioned_ids) for fact in facts] == mentioned
    for message, accounts in zip(posted, mentioned, strict=True):
        rows = db.session.query(Mention.account_id).filter_by(message_id=message.message_id)
        assert {row.account_id for row in rows} == accounts


def test_edit_without_change_keeps_no_version(people, events):
    posted = messages.post_message(people.arthur, people.room.id, "same")
    change = messages.edit_message(people.arthur, posted.message_id, "same")
    assert MessageChanged(people.room.id, posted.message_id, change) in events
    assert not db.session.query(MessageVersion).count()


def test_message_without_mention_is_rendered_before_locking_the_room(people, monkeypatch):
    order = []
    render, take = posting.text.render, posting.next_numbers
    monkeypatch.setattr(posting.text, "render", lambda *body: order.append("render") or render(*body))
    monkeypatch.setattr(posting, "next_numbers", lambda *arguments: order.append("lock") or take(*arguments))
    messages.post_message(people.arthur, people.room.id, "hello")
    assert order == ["render", "lock"]


def test_changes_are_numbered_in_their_room(people):
    posted = messages.post_message(people.arthur, people.room.id, "a")
    numbers = [messages.edit_message(people.arthur, posted.message_id, body) for body in ("b", "c")]
    assert [*numbers, messages.delete_message(people.arthur, posted.message_id)] == [1, 2, 3]


def test_messages_of_others_need_moderation_right(people):
    posted = messages.post_message(people.arthur, people.room.id, "mine")
    for act in (
        lambda: messages.edit_message(people.jean, posted.message_id, "yours"),
        lambda: messages.delete_message(people.jean, posted.message_id),
    ):
        with pytest.raises(Forbidden):
            act()
    change_access(
        lambda: factories.make_grant(people.room.folder, Principal.ACCOUNT, people.jean.id, MODERATE)
    )
    messages.edit_message(people.jean, posted.message_id, "ours")
    messages.delete_message(people.jean, posted.message_id)


def test_message_is_not_found_by_outsider(people):
    posted = messages.post_message(people.arthur, people.room.id, "secret")
    for message_id in (posted.message_id, posted.message_id + 1000):
        for act in (messages.delete_message, lambda person, which: messages.edit_message(person, which, "x")):
            with pytest.raises(NotFound):
                act(people.paul, message_id)


def test_deleted_message_keeps_its_number_without_text(people):
    posted = messages.post_message(people.arthur, people.room.id, "oops @jean")
    messages.edit_message(people.arthur, posted.message_id, "ooops @jean")
    messages.delete_message(people.arthur, posted.message_id)
    message = db.session.get(Message, posted.message_id, populate_existing=True)
    assert (message.seq, message.body, message.html) == (1, None, None)
    assert not db.session.query(MessageVersion).count() and not db.session.query(Mention).count()
    with pytest.raises(Invalid) as refusal:
        messages.edit_message(people.arthur, posted.message_id, "back")
    assert refusal.value.code == "message_deleted"


def test_posting_needs_a_fixed_number_of_statements(people, count_statements):
    messages.post_message(people.arthur, people.room.id, "the first asks for the right")
    with count_statements() as statements:
        messages.post_message(people.arthur, people.room.id, "the next remember it")
    assert len(statements) == 4, statements


def test_members_have_write_rights_by_default(people):
    assert access.find_room(people.arthur, people.room.id).rights == WRITE


def test_text_without_storable_characters_is_refused(people):
    with pytest.raises(Invalid) as refused:
        messages.post_message(people.arthur, people.room.id, "\x00 \x00")
    assert refused.value.code == "empty"


def test_lone_surrogates_are_replaced(people):
    posted = messages.post_message(people.arthur, people.room.id, "broken \ud83d smile")
    assert db.session.get(Message, posted.message_id).body == "broken ? smile"
