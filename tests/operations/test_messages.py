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
from app.operations import messages, reading
from app.operations.messages import posting
from app.rules.rights import MODERATE, READ, WRITE, access
from app.transaction import operation, touch_access
from tests import factories


@operation(audited=False)
def change_access(change):
    """Have something about access change, as the operations of administrators do."""
    change()
    db.session.flush()
    touch_access(AccessScope.EVERYBODY)


def body_of(message_id):
    return db.session.get(Message, message_id, populate_existing=True).body


def test_messages_take_the_places_1_2_3(cast):
    places = [
        messages.post_message(who, cast.room.id, "hello").seq for who in (cast.arthur, cast.jean, cast.arthur)
    ]
    assert places == [1, 2, 3]


def test_posting_tells_everything_the_broadcast_shows(cast, events):
    posted = messages.post_message(cast.arthur, cast.room.id, "**hello** @jean")
    (fact,) = [fact for fact in events if isinstance(fact, MessagePosted)]
    assert (fact.message_id, fact.seq, fact.author_name) == (posted.message_id, 1, cast.arthur.name)
    assert "<strong>hello</strong>" in fact.html
    assert fact.mentioned_ids == (cast.jean.id,)


def test_the_same_client_id_is_the_same_message(cast):
    client_id = str(uuid.uuid4())
    first = messages.post_message(cast.arthur, cast.room.id, "once", client_id=client_id)
    again = messages.post_message(cast.arthur, cast.room.id, "twice", client_id=client_id.upper())
    assert again == first
    assert body_of(first.message_id) == "once"
    assert db.session.get(Room, cast.room.id, populate_existing=True).last_seq == 1


def test_two_people_may_use_the_same_client_id(cast):
    client_id = str(uuid.uuid4())
    first = messages.post_message(cast.arthur, cast.room.id, "mine", client_id=client_id)
    second = messages.post_message(cast.jean, cast.room.id, "mine too", client_id=client_id)
    assert first.message_id != second.message_id


def test_a_client_id_of_another_room_is_refused(cast):
    client_id = str(uuid.uuid4())
    second_room = factories.make_room(cast.group, "Second")
    messages.post_message(cast.arthur, cast.room.id, "there", client_id=client_id)
    with pytest.raises(Invalid) as refusal:
        messages.post_message(cast.arthur, second_room.id, "here", client_id=client_id)
    assert refusal.value.code == "client_id_used"


def test_what_was_accepted_stays_accepted_whatever_became_of_the_author(cast):
    client_id = str(uuid.uuid4())
    posted = messages.post_message(cast.arthur, cast.room.id, "before", client_id=client_id)
    change_access(lambda: setattr(cast.arthur, "state", AccountState.MUTED))
    assert messages.post_message(cast.arthur, cast.room.id, "before", client_id=client_id) == posted
    with pytest.raises(Forbidden):
        messages.post_message(cast.arthur, cast.room.id, "after")


def test_for_those_outside_the_room_does_not_exist(cast):
    for stranger in (cast.paul, cast.autrui, cast.admin):
        with pytest.raises(NotFound):
            messages.post_message(stranger, cast.room.id, "let me in")
    with pytest.raises(NotFound):
        messages.post_message(cast.arthur, cast.room.id + 1000, "nowhere")


def test_who_may_only_read_sees_the_room_and_is_refused(cast):
    factories.make_grant(cast.room.folder, Principal.ACCOUNT, cast.jean.id, READ)
    with pytest.raises(Forbidden):
        messages.post_message(cast.jean, cast.room.id, "quiet")
    assert messages.post_message(cast.arthur, cast.room.id, "loud").seq == 1


def test_a_refused_message_takes_no_number(cast):
    with pytest.raises(NotFound):
        messages.post_message(cast.paul, cast.room.id, "no")
    assert messages.post_message(cast.arthur, cast.room.id, "yes").seq == 1


def test_a_remembered_right_is_forgotten_with_the_next_change_of_access(cast):
    messages.post_message(cast.jean, cast.room.id, "still in")
    entry = db.session.query(factories.MemberEntry).filter_by(account_id=cast.jean.id).one()
    change_access(lambda: db.session.delete(entry))
    with pytest.raises(NotFound):
        messages.post_message(cast.jean, cast.room.id, "gone")


def test_a_stopped_service_refuses_by_its_name(cast):
    service = db.session.query(Service).filter_by(name=ServiceName.GROUPWARE).one()
    change_access(lambda: setattr(service, "is_running", False))
    with pytest.raises(ServiceStopped):
        messages.post_message(cast.arthur, cast.room.id, "hello?")


def test_an_archived_room_and_an_ended_licence_leave_reading(cast):
    change_access(lambda: setattr(cast.room, "state", RoomState.ARCHIVED))
    with pytest.raises(Forbidden):
        messages.post_message(cast.arthur, cast.room.id, "too late")
    change_access(lambda: setattr(cast.room, "state", RoomState.ACTIVE))
    ended = License(kind=LicenseKind.TRIAL, holder="x", seats=5, reference="r", valid_until=now())
    change_access(lambda: db.session.add(ended))
    with pytest.raises(Forbidden):
        messages.post_message(cast.arthur, cast.room.id, "too late")
    assert access.find_room(cast.arthur, cast.room.id).rights == READ


@pytest.mark.parametrize(
    "body, code",
    [("", "empty"), ("  \n\t", "empty"), (None, "empty"), (7, "empty"), ("x" * 40_001, "too_long")],
)
def test_bodies_that_cannot_be_posted(cast, body, code):
    with pytest.raises(Invalid) as refusal:
        messages.post_message(cast.arthur, cast.room.id, body)
    assert refusal.value.code == code and refusal.value.field == "body"


@pytest.mark.parametrize("client_id", ["", "not a uuid", 5, ["x"], "x" * 500])
def test_marks_that_are_no_uuid(cast, client_id):
    with pytest.raises(Invalid) as refusal:
        messages.post_message(cast.arthur, cast.room.id, "hello", client_id=client_id)
    assert refusal.value.code == "bad_client_id"


def test_any_script_survives_four_byte_and_right_to_left(cast):
    said = "🦊 𝒜 שלום नमस्ते"
    posted = messages.post_message(cast.arthur, cast.room.id, said)
    assert body_of(posted.message_id) == said


def test_own_mark_moves_with_a_post_only_when_it_was_up_to_date(cast):
    def mark(who):
        return db.session.get(ReadMark, (who.id, cast.room.id), populate_existing=True).last_read_seq

    reading.open_room(cast.arthur, cast.room.id)
    reading.open_room(cast.jean, cast.room.id)
    messages.post_message(cast.arthur, cast.room.id, "one")
    messages.post_message(cast.jean, cast.room.id, "two")
    assert (mark(cast.arthur), mark(cast.jean)) == (1, 0)


def test_mentions_reach_only_those_who_can_read_the_room(cast):
    posted = messages.post_message(cast.arthur, cast.room.id, "@jean @paul @nobody and mail@jean.fr")
    mentioned = db.session.query(Mention.account_id).filter_by(message_id=posted.message_id).all()
    assert mentioned == [(cast.jean.id,)]


def test_the_author_edits_and_the_earlier_wording_is_kept(cast, events):
    posted = messages.post_message(cast.arthur, cast.room.id, "frist")
    change = messages.edit_message(cast.arthur, posted.message_id, "first")
    assert body_of(posted.message_id) == "first"
    assert db.session.query(MessageVersion.body, MessageVersion.number).all() == [("frist", 1)]
    assert MessageChanged(cast.room.id, posted.message_id, change) in events


def test_of_posts_that_share_a_commit_the_refused_leave_no_trace(cast):
    second_room = factories.make_room(cast.group, "Second")
    drafts = [
        (posting.Draft(who, room.id, "hello", str(uuid.uuid4())),)
        for who, room in [(cast.paul, second_room), (cast.arthur, cast.room), (cast.paul, cast.room)]
    ]
    refused, posted, refused_too = posting._post_together(drafts)
    assert isinstance(refused, NotFound) and isinstance(refused_too, NotFound) and posted.seq == 1
    rooms = {room.id: room for room in db.session.query(Room).populate_existing()}
    assert (rooms[second_room.id].last_seq, rooms[second_room.id].last_posted_at) == (0, None)
    assert rooms[cast.room.id].last_seq == 1 and rooms[cast.room.id].last_posted_at is not None


def test_an_edit_that_changes_nothing_is_told_and_keeps_no_version(cast, events):
    posted = messages.post_message(cast.arthur, cast.room.id, "same")
    change = messages.edit_message(cast.arthur, posted.message_id, "same")
    assert MessageChanged(cast.room.id, posted.message_id, change) in events
    assert not db.session.query(MessageVersion).count()


def test_what_names_nobody_is_rendered_before_the_room_is_locked(cast, monkeypatch):
    order = []
    render, take = posting.text.render, posting.next_place
    monkeypatch.setattr(posting.text, "render", lambda *body: order.append("render") or render(*body))
    monkeypatch.setattr(posting, "next_place", lambda *place: order.append("lock") or take(*place))
    messages.post_message(cast.arthur, cast.room.id, "hello")
    assert order == ["render", "lock"]


def test_changes_are_numbered_in_their_room(cast):
    posted = messages.post_message(cast.arthur, cast.room.id, "a")
    numbers = [messages.edit_message(cast.arthur, posted.message_id, body) for body in ("b", "c")]
    assert [*numbers, messages.delete_message(cast.arthur, posted.message_id)] == [1, 2, 3]


def test_others_messages_are_left_alone_unless_one_moderates(cast):
    posted = messages.post_message(cast.arthur, cast.room.id, "mine")
    for act in (
        lambda: messages.edit_message(cast.jean, posted.message_id, "yours"),
        lambda: messages.delete_message(cast.jean, posted.message_id),
    ):
        with pytest.raises(Forbidden):
            act()
    change_access(lambda: factories.make_grant(cast.room.folder, Principal.ACCOUNT, cast.jean.id, MODERATE))
    messages.edit_message(cast.jean, posted.message_id, "ours")
    messages.delete_message(cast.jean, posted.message_id)


def test_a_stranger_cannot_tell_a_message_from_none(cast):
    posted = messages.post_message(cast.arthur, cast.room.id, "secret")
    for message_id in (posted.message_id, posted.message_id + 1000):
        for act in (messages.delete_message, lambda who, which: messages.edit_message(who, which, "x")):
            with pytest.raises(NotFound):
                act(cast.paul, message_id)


def test_a_deleted_message_keeps_its_line_and_loses_its_words(cast):
    posted = messages.post_message(cast.arthur, cast.room.id, "oops @jean")
    messages.edit_message(cast.arthur, posted.message_id, "ooops @jean")
    messages.delete_message(cast.arthur, posted.message_id)
    message = db.session.get(Message, posted.message_id, populate_existing=True)
    assert (message.seq, message.body, message.html) == (1, None, None)
    assert not db.session.query(MessageVersion).count() and not db.session.query(Mention).count()
    with pytest.raises(Invalid) as refusal:
        messages.edit_message(cast.arthur, posted.message_id, "back")
    assert refusal.value.code == "message_deleted"


def test_posting_costs_a_fixed_number_of_statements(cast, count_statements):
    messages.post_message(cast.arthur, cast.room.id, "the first asks for the right")
    with count_statements() as seen:
        messages.post_message(cast.arthur, cast.room.id, "the next remember it")
    assert len(seen) == 4, seen


def test_the_default_rights_are_write(cast):
    assert access.find_room(cast.arthur, cast.room.id).rights == WRITE


def test_a_text_of_nothing_that_can_be_stored_is_refused(cast):
    with pytest.raises(Invalid) as refused:
        messages.post_message(cast.arthur, cast.room.id, "\x00 \x00")
    assert refused.value.code == "empty"


def test_halves_of_characters_are_replaced_and_not_stumbled_over(cast):
    posted = messages.post_message(cast.arthur, cast.room.id, "broken \ud83d smile")
    assert db.session.get(Message, posted.message_id).body == "broken ? smile"
