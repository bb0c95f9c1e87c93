"""The pace limit of a group: messages a minute over all its rooms and processes."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from app.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from app.extensions import db
from app.models import AuditEntry, Group, GroupPace, Room
from app.operations import groups, messages
from app.operations.messages import pace, posting
from tests.support import factories

START = datetime(2026, 1, 5, 9, 0, 30, 400_000, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    def __init__(self):
        self.moment = START

    def __call__(self):
        return self.moment

    def goes_on(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pace, "now", clock)
    return clock


@pytest.fixture
def limited(people, clock):
    people.group.sends_per_minute = 3
    db.session.commit()
    return people


def say(person, room, count=1):
    for _number in range(count):
        messages.post_message(person, room.id, "hello")


def last_seq(room) -> int:
    return db.session.get(Room, room.id, populate_existing=True).last_seq


def refused(person, room) -> TooMany:
    with pytest.raises(TooMany) as refusal:
        say(person, room)
    return refusal.value


def test_limit_counts_all_senders_and_rooms_of_group(limited):
    other = factories.make_room(limited.group, "Projet")
    say(limited.arthur, limited.room, 2)
    say(limited.jean, other)
    refusal = refused(limited.arthur, other)
    assert (refusal.code, refusal.status) == ("group_pace", 429)
    assert "3" in str(refusal.sentence)
    assert (last_seq(limited.room), last_seq(other)) == (2, 1)


def test_refused_sender_succeeds_after_stated_seconds(limited, clock):
    say(limited.arthur, limited.room, 3)
    clock.goes_on(20)
    seconds = refused(limited.arthur, limited.room).retry_after
    assert 40 <= seconds <= 41
    clock.goes_on(seconds)
    say(limited.arthur, limited.room, 3)
    refused(limited.arthur, limited.room)


@pytest.mark.parametrize("step", [0.3, 7.7, 19.9, 20.4])
def test_limit_holds_in_any_minute(limited, clock, step):
    sent = []
    for _try in range(int(240 / step)):
        try:
            say(limited.arthur, limited.room)
            sent.append(clock.moment)
        except TooMany:
            pass
        clock.goes_on(step)
    assert len(sent) >= 9
    for first, fourth in zip(sent, sent[3:], strict=False):
        assert fourth - first > timedelta(seconds=60)


def test_messages_sent_while_waiting_for_lock_are_counted(limited, clock, monkeypatch):
    """The clock is ahead once the lock is there, as when another one's commit was waited for."""
    make = pace._make

    def wait(group_id):
        make(group_id)
        clock.goes_on(2)
        counted = f"{int(clock.moment.timestamp())}:2"
        db.session.execute(pace.KEEP, {"group": group_id, "kept": counted})

    monkeypatch.setattr(pace, "_make", wait)
    say(limited.arthur, limited.room)
    refused(limited.jean, limited.room)


def test_process_with_slow_clock_keeps_counted_messages(limited, clock):
    say(limited.arthur, limited.room, 2)
    clock.goes_on(-3)
    say(limited.jean, limited.room)
    assert refused(limited.jean, limited.room).retry_after <= 64
    clock.goes_on(66)
    say(limited.jean, limited.room, 3)


def test_limit_does_not_apply_to_other_groups_and_private_rooms(limited):
    say(limited.arthur, limited.room, 3)
    other = factories.make_group(limited.domain, "autre")
    factories.add_member(other, limited.arthur)
    private = factories.make_private_room(limited.arthur, limited.jean)
    for room in (factories.make_room(other), private):
        say(limited.arthur, room, 5)
        assert last_seq(room) == 5


def test_repeated_message_is_counted_once_and_acknowledged(limited):
    mark = str(uuid.uuid4())
    first = messages.post_message(limited.arthur, limited.room.id, "once", client_id=mark)
    say(limited.arthur, limited.room, 2)
    assert messages.post_message(limited.arthur, limited.room.id, "once", client_id=mark) == first
    refused(limited.arthur, limited.room)


def test_refused_sender_is_not_counted(limited):
    with pytest.raises(NotFound):
        say(limited.paul, limited.room)
    say(limited.arthur, limited.room, 3)


def test_posts_of_one_commit_share_the_limit(limited):
    other = factories.make_room(limited.group, "Projet")
    rooms = [limited.room.id, other.id] * 3
    drafts = [posting.Draft(limited.arthur, room, "hello", str(uuid.uuid4())) for room in rooms]
    results = posting._post_group(drafts)
    too_many = [result for result in results if isinstance(result, TooMany)]
    assert (len(results) - len(too_many), len(too_many)) == (3, 3)
    assert last_seq(limited.room) + last_seq(other) == 3
    assert all(1 <= refusal.retry_after <= 61 for refusal in too_many)


def test_group_without_limit_needs_no_extra_statement(people, count_statements):
    say(people.arthur, people.room)
    with count_statements() as statements:
        say(people.arthur, people.room)
    assert not [statement for statement in statements if "group_paces" in statement]
    assert db.session.query(GroupPace).count() == 0


def test_limit_is_set_and_removed_with_audit_entries(people):
    groups.set_group_limits(people.domain_admin, people.group, sends_per_minute=30)
    group = groups.set_group_limits(people.admin, people.group, sends_per_minute=None)
    assert group.sends_per_minute is None
    entries = db.session.query(AuditEntry).filter_by(act="group.limits").order_by(AuditEntry.id).all()
    assert [(entry.before, entry.after) for entry in entries] == [
        ('{"sends_per_minute": null}', '{"sends_per_minute": 30}'),
        ('{"sends_per_minute": 30}', '{"sends_per_minute": null}'),
    ]


@pytest.mark.parametrize("number", [0, -1, 10_001])
def test_limit_out_of_range_is_refused(people, number):
    with pytest.raises(Invalid) as refusal:
        groups.set_group_limits(people.admin, people.group, sends_per_minute=number)
    assert refusal.value.field == "sends_per_minute"


def test_only_administrators_of_group_set_limit(people):
    for stranger in (people.rivale, people.arthur):
        with pytest.raises((NotFound, Forbidden)):
            groups.set_group_limits(stranger, people.group, sends_per_minute=5)
    assert db.session.get(Group, people.group.id).sends_per_minute is None


def test_second_of_two_concurrent_edits_is_refused(people):
    version = people.group.row_version
    groups.set_group_limits(people.admin, people.group, sends_per_minute=5, seen_version=version)
    with pytest.raises(Conflict):
        groups.set_group_limits(people.domain_admin, people.group, sends_per_minute=6, seen_version=version)
