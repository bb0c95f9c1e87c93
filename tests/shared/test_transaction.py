"""One operation, one transaction: nested, refused, in collision, or without the database."""

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
def administer(name, *, has_entry=True):
    domain = Domain(name=name)
    db.session.add(domain)
    db.session.flush()
    if has_entry:
        audit.record(SYSTEM, "domain.create", domain)
    return domain


@operation
def administer_without_orm(name):
    db.session.execute(update(Domain).where(Domain.name == name).values(description="changed"))


def refuse():
    raise Invalid("No.", code="no")


def names() -> list[str]:
    """Return the stored names."""
    return sorted(db.session.scalars(select(Domain.name)))


@pytest.fixture
def without_pauses(monkeypatch):
    """Remove the pauses between retries."""
    monkeypatch.setattr(transaction.time, "sleep", lambda _seconds: None)


def test_operation_commits_and_then_publishes(app, events):
    keep("a.example")
    assert names() == ["a.example"]
    assert events == [Stored("a.example")]


def test_nested_operations_join_the_transaction(app, events):
    keep_both("a.example", "b.example")
    assert names() == ["a.example", "b.example"]
    assert events == [Stored("a.example"), Stored("b.example")]


def test_refusal_undoes_nested_operations_and_publishes_nothing(app, events):
    with pytest.raises(Invalid):
        keep_both("a.example", "b.example", then=refuse)
    assert names() == []
    assert events == []


@pytest.mark.fresh
def test_listeners_are_called_after_the_commit(app, monkeypatch):
    counts = []

    def count_rows(_fact):
        with db.engine.connect() as connection:
            counts.append(connection.scalar(text("SELECT COUNT(*) FROM domains")))

    monkeypatch.setitem(facts._listeners, Stored, [count_rows])
    keep("a.example", then=lambda: count_rows(None))
    assert counts == [0, 1]


def test_failing_listener_undoes_nothing_and_stops_no_other(app, monkeypatch):
    received = []

    def fail(_fact):
        raise RuntimeError("a listener's own trouble")

    monkeypatch.setitem(facts._listeners, Stored, [fail, received.append])
    keep("a.example")
    assert names() == ["a.example"]
    assert received == [Stored("a.example")]


def test_publishing_outside_an_operation_fails(app):
    with pytest.raises(RuntimeError):
        publish(Stored("nobody asked"))
    with pytest.raises(RuntimeError):
        touch_access(AccessScope.EVERYBODY)


def test_audited_operation_without_entry_is_undone(app):
    with pytest.raises(MissingAudit):
        administer("a.example", has_entry=False)
    assert names() == []


def test_audited_statement_without_orm_needs_an_entry(app):
    keep("a.example")
    with pytest.raises(MissingAudit):
        administer_without_orm("a.example")


def test_audit_entry_is_committed_with_the_operation(app):
    domain = administer("a.example")
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.object_id, entry.actor_name) == ("domain.create", domain.id, "system")


def test_audited_operation_without_change_needs_no_entry(app):
    @operation
    def list_names(_actor):
        return names()

    assert list_names(SYSTEM) == []


def test_assignment_of_equal_values_needs_no_entry(app):
    domain = administer("a.example")
    db.session.refresh(domain)

    @operation
    def describe(text):
        domain.description = text

    describe(domain.description)
    with pytest.raises(MissingAudit):
        describe("changed")


@pytest.mark.fresh
def test_concurrent_change_repeats_the_operation(app, without_pauses):
    keep("a.example")
    tries = []

    @operation(audited=False)
    def change_it():
        tries.append(1)
        domain = db.session.scalars(select(Domain).where(Domain.name == "a.example")).one()
        if len(tries) == 1:
            with db.engine.begin() as connection:
                connection.execute(text("UPDATE domains SET row_version = row_version + 1"))
        domain.description = "we"

    change_it()
    assert len(tries) == 2
    assert db.session.scalar(select(Domain.description)) == "we"


def test_integrity_error_is_not_repeated(app):
    tries = []

    @operation(audited=False)
    def keep_twice():
        tries.append(1)
        db.session.add_all([Domain(name="twin.example"), Domain(name="twin.example")])

    with pytest.raises(IntegrityError):
        keep_twice()
    assert len(tries) == 1


def test_missing_foreign_key_is_repeated_once(app):
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
def test_deadlock_repeats_the_whole_operation(app, events):
    """The rival has written more, so that the database chooses this operation as the victim."""
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
def test_deadlock_inside_a_savepoint_repeats_the_operation(app):
    """The savepoint is gone with the transaction, and rolling back to it fails with an error of its own."""
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


def kill_connection():
    """Kill the running transaction's connection, as a restart of the database does."""
    own = db.session.scalar(text("SELECT CONNECTION_ID()"))
    with db.engine.connect() as connection:
        connection.execute(text(f"KILL {own}"))


@pytest.mark.fresh
def test_lost_connection_repeats_the_whole_operation(app, events, without_pauses):
    tries = []

    def kill_first():
        tries.append(1)
        if len(tries) == 1:
            kill_connection()

    keep("a.example", then=kill_first)
    assert len(tries) == 2
    assert names() == ["a.example"]
    assert events == [Stored("a.example")]


@pytest.mark.fresh
def test_missing_database_is_reported_after_four_tries(app, events, without_pauses):
    tries = []

    def kill_always():
        tries.append(1)
        kill_connection()
        db.session.execute(text("SELECT 1"))

    with pytest.raises(Unavailable):
        keep("a.example", then=kill_always)
    assert len(tries) == transaction.ATTEMPTS == 4
    assert names() == []
    assert events == []


def test_access_changes_are_numbered_and_published_once(app, events):
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
def test_concurrent_writers_leave_no_gap_between_epochs(app):
    writers, rounds, finished = 8, 10, []

    @operation(audited=False)
    def change_access(target):
        touch_access(AccessScope.ACCOUNT, target)
        touch_access(AccessScope.ROOM, target)

    def write(target):
        with app.app_context():
            for _ in range(rounds):
                change_access(target)
            finished.append(target)

    threads = [threading.Thread(target=write, args=(target,)) for target in range(1, writers + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(finished) == writers
    epochs = db.session.scalars(select(AccessChange.epoch).order_by(AccessChange.epoch)).all()
    assert epochs == list(range(1, writers * rounds * 2 + 1))
    assert db.session.scalar(select(Counter.value).where(Counter.name == ACCESS)) == len(epochs)
