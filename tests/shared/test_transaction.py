"""One operation, one transaction: also when operations call each other, are refused, collide or lose the database."""

import threading
from dataclasses import dataclass

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from app import events as facts
from app import transaction
from app.errors import Invalid, Unavailable
from app.events import AccessChanged
from app.extensions import db
from app.identity import SYSTEM
from app.models import ACCESS, AccessChange, AccessScope, AuditEntry, Counter, Domain
from app.operations import audit
from app.transaction import MissingAudit, operation, publish, touch_access


@dataclass(frozen=True)
class Stored:
    name: str


@operation(audited=False)
def keep(name, *, then=None):
    db.session.add(Domain(name=name))
    db.session.flush()
    publish(Stored(name))
    if then:
        then()


@operation(audited=False)
def keep_both(first, second, *, then=None):
    keep(first)
    keep(second, then=then)


@operation
def administer(name, *, leaves_a_trail=True):
    domain = Domain(name=name)
    db.session.add(domain)
    db.session.flush()
    if leaves_a_trail:
        audit.record(SYSTEM, "domain.create", domain)
    return domain


@operation
def administer_without_orm(name):
    db.session.execute(update(Domain).where(Domain.name == name).values(description="changed"))


def refuse():
    raise Invalid("No.", code="no")


def names() -> list[str]:
    """What every other connection sees."""
    return sorted(db.session.scalars(select(Domain.name)))


@pytest.fixture
def impatient(monkeypatch):
    """Retries without their pauses."""
    monkeypatch.setattr(transaction.time, "sleep", lambda _seconds: None)


def test_an_operation_commits_and_then_tells(app, events):
    keep("a.example")
    assert names() == ["a.example"]
    assert events == [Stored("a.example")]


def test_operations_called_by_an_operation_join_it(app, events):
    keep_both("a.example", "b.example")
    assert names() == ["a.example", "b.example"]
    assert events == [Stored("a.example"), Stored("b.example")]


def test_a_refusal_undoes_what_joined_and_tells_nothing(app, events):
    with pytest.raises(Invalid):
        keep_both("a.example", "b.example", then=refuse)
    assert names() == []
    assert events == []


@pytest.mark.fresh
def test_listeners_hear_of_a_fact_when_everybody_can_see_it(app, monkeypatch):
    seen = []

    def look(_fact):
        with db.engine.connect() as other:
            seen.append(other.scalar(text("SELECT COUNT(*) FROM domains")))

    monkeypatch.setitem(facts._listeners, Stored, [look])
    keep("a.example", then=lambda: look(None))
    assert seen == [0, 1]


def test_a_listener_that_fails_undoes_nothing_and_does_not_silence_the_others(app, monkeypatch):
    heard = []

    def fail(_fact):
        raise RuntimeError("a listener's own trouble")

    monkeypatch.setitem(facts._listeners, Stored, [fail, heard.append])
    keep("a.example")
    assert names() == ["a.example"]
    assert heard == [Stored("a.example")]


def test_only_an_operation_may_publish_or_touch_access(app):
    with pytest.raises(RuntimeError):
        publish(Stored("nobody asked"))
    with pytest.raises(RuntimeError):
        touch_access(AccessScope.EVERYBODY)


def test_administration_without_a_trail_does_not_happen(app):
    with pytest.raises(MissingAudit):
        administer("a.example", leaves_a_trail=False)
    assert names() == []


def test_administration_without_objects_needs_its_trail_too(app):
    keep("a.example")
    with pytest.raises(MissingAudit):
        administer_without_orm("a.example")


def test_administration_with_a_trail_leaves_it_in_the_same_transaction(app):
    domain = administer("a.example")
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.object_id, entry.actor_name) == ("domain.create", domain.id, "system")


def test_administration_that_changes_nothing_needs_no_trail(app):
    @operation
    def look(_actor):
        return names()

    assert look(SYSTEM) == []


def test_giving_a_row_the_values_it_has_needs_no_trail(app):
    domain = administer("a.example")
    db.session.refresh(domain)

    @operation
    def describe(text):
        domain.description = text

    describe(domain.description)
    with pytest.raises(MissingAudit):
        describe("changed")


@pytest.mark.fresh
def test_a_row_that_somebody_else_has_changed_runs_the_operation_again(app, impatient):
    keep("a.example")
    tries = []

    @operation(audited=False)
    def change_it():
        tries.append(1)
        domain = db.session.scalars(select(Domain).where(Domain.name == "a.example")).one()
        if len(tries) == 1:
            with db.engine.begin() as other:
                other.execute(text("UPDATE domains SET row_version = row_version + 1"))
        domain.description = "we"

    change_it()
    assert len(tries) == 2
    assert db.session.scalar(select(Domain.description)) == "we"


def test_what_the_database_refuses_is_not_tried_again(app):
    tries = []

    @operation(audited=False)
    def keep_twice():
        tries.append(1)
        db.session.add_all([Domain(name="twin.example"), Domain(name="twin.example")])

    with pytest.raises(IntegrityError):
        keep_twice()
    assert len(tries) == 1


def test_what_points_at_something_that_is_gone_is_looked_at_once_more(app):
    tries = []

    @operation(audited=False)
    def point_at_nothing():
        tries.append(1)
        db.session.execute(
            text("INSERT INTO exclusions (group_id, account_id, created_at) VALUES (0, 0, NOW())")
        )

    with pytest.raises(IntegrityError):
        point_at_nothing()
    assert len(tries) == 2


@pytest.mark.fresh
def test_a_deadlock_runs_the_whole_operation_again(app, events):
    """Another transaction, which has written more, holds what we want and wants what we hold: we are the victim."""
    keep_both("mine.example", "theirs.example")
    for number in range(20):
        keep(f"weight{number}.example")
    events.clear()
    tries = []

    @operation(audited=False)
    def change_both():
        tries.append(1)
        change("mine.example")
        if len(tries) == 1:
            rival.hold_theirs_and_want_mine()
        change("theirs.example")
        publish(Stored("both"))

    rival = Rival(app)
    change_both()
    rival.finish()
    assert len(tries) == 2
    assert events == [Stored("both")]
    pair = select(Domain.description).distinct().where(Domain.name.not_like("weight%"))
    assert db.session.scalars(pair).all() == ["we"]


@pytest.mark.fresh
def test_a_deadlock_inside_a_savepoint_runs_again_too(app):
    """The savepoint is gone with the transaction, and going back to it fails with an error of its own."""
    keep_both("mine.example", "theirs.example")
    for number in range(20):
        keep(f"weight{number}.example")
    tries = []

    @operation(audited=False)
    def change_both():
        tries.append(1)
        change("mine.example")
        if len(tries) == 1:
            rival.hold_theirs_and_want_mine()
        with db.session.begin_nested():
            change("theirs.example")

    rival = Rival(app)
    change_both()
    rival.finish()
    assert len(tries) == 2


def change(name):
    db.session.execute(update(Domain).where(Domain.name == name).values(description="we"))


class Rival:
    """Another connection, in a thread of its own."""

    def __init__(self, app):
        self.engine = db.engine
        self.holds = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def hold_theirs_and_want_mine(self):
        self.thread.start()
        assert self.holds.wait(5)

    def finish(self):
        self.thread.join(10)
        assert not self.thread.is_alive()

    def _run(self):
        with self.engine.begin() as connection:
            connection.execute(text("UPDATE domains SET description = 'they' WHERE name LIKE 'weight%'"))
            connection.execute(text("UPDATE domains SET description = 'they' WHERE name = 'theirs.example'"))
            self.holds.set()
            connection.execute(text("UPDATE domains SET description = 'they' WHERE name = 'mine.example'"))


def cut_the_connection():
    """What a restart of the database does to a running transaction."""
    own = db.session.scalar(text("SELECT CONNECTION_ID()"))
    with db.engine.connect() as other:
        other.execute(text(f"KILL {own}"))


@pytest.mark.fresh
def test_a_lost_connection_runs_the_whole_operation_again(app, events, impatient):
    tries = []

    def once():
        tries.append(1)
        if len(tries) == 1:
            cut_the_connection()

    keep("a.example", then=once)
    assert len(tries) == 2
    assert names() == ["a.example"]
    assert events == [Stored("a.example")]


@pytest.mark.fresh
def test_a_database_that_stays_away_is_said_so_after_four_tries(app, events, impatient):
    tries = []

    def always():
        tries.append(1)
        cut_the_connection()
        db.session.execute(text("SELECT 1"))

    with pytest.raises(Unavailable):
        keep("a.example", then=always)
    assert len(tries) == transaction.ATTEMPTS == 4
    assert names() == []
    assert events == []


def test_a_change_of_access_is_numbered_and_told_once(app, events):
    @operation(audited=False)
    def change_access():
        touch_access(AccessScope.ACCOUNT, 7)
        touch_access(AccessScope.ACCOUNT, 7)
        touch_access(AccessScope.EVERYBODY)

    change_access()
    rows = db.session.execute(select(AccessChange.epoch, AccessChange.scope, AccessChange.target_id)).all()
    assert rows == [(1, AccessScope.ACCOUNT, 7), (2, AccessScope.EVERYBODY, 0)]
    assert events == [AccessChanged(2)]


@pytest.mark.fresh
def test_eight_writers_at_once_leave_no_gap_between_epochs(app):
    writers, rounds, told = 8, 10, []

    @operation(audited=False)
    def change_access(target):
        touch_access(AccessScope.ACCOUNT, target)
        touch_access(AccessScope.ROOM, target)

    def write(target):
        with app.app_context():
            for _ in range(rounds):
                change_access(target)
            told.append(target)

    threads = [threading.Thread(target=write, args=(target,)) for target in range(1, writers + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(told) == writers
    epochs = db.session.scalars(select(AccessChange.epoch).order_by(AccessChange.epoch)).all()
    assert epochs == list(range(1, writers * rounds * 2 + 1))
    assert db.session.scalar(select(Counter.value).where(Counter.name == ACCESS)) == len(epochs)
