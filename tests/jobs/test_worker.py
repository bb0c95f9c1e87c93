"""The worker process: what it does, what it survives, how it stops."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from app.extensions import db
from app.jobs import job as kind_of_job
from app.jobs import job_kinds, recurring, worker
from app.models import AuditEntry, Job, WorkState, now
from app.operations import jobs, mail
from app.transaction import operation
from tests.support.factories import keep
from tests.support.mailbox import mailbox


@pytest.fixture
def a_kind(monkeypatch):
    """a_kind(function): a kind of job called "something" for the time of the test."""
    before = dict(job_kinds)
    yield kind_of_job("something")
    job_kinds.clear()
    job_kinds.update(before)


def row() -> Job:
    statement = select(Job).where(Job.kind == "something")
    return db.session.scalars(statement, execution_options={"populate_existing": True}).one()


def busy_worker(app) -> worker.Worker:
    own = worker.Worker(app)
    own._has_started = True
    return own


def test_a_job_is_done_with_its_arguments(app, a_kind):
    done = []
    a_kind(lambda **arguments: done.append(arguments))
    jobs.enqueue("something", number=7)
    assert busy_worker(app).step() is True
    assert done == [{"number": 7}]
    assert row().state is WorkState.DONE
    assert busy_worker(app).step() is False


def test_a_job_that_fails_does_not_stop_the_others(app, a_kind):
    def fail():
        raise ValueError("no luck")

    a_kind(fail)
    jobs.enqueue("something")
    busy_worker(app).step()
    assert (row().state, row().last_error) == (WorkState.WAITING, "ValueError: no luck")


def test_a_kind_nobody_knows_is_said_so(app):
    jobs.enqueue("something")
    busy_worker(app).step()
    assert "no kind of job is called something" in row().last_error


def test_the_first_step_puts_the_recurring_jobs_into_the_table(app):
    worker.Worker(app).step()
    assert set(db.session.scalars(select(Job.kind))) == set(recurring())
    assert {"seal_trail", "end_expired_sessions", "forget_access_changes"} <= set(recurring())


def test_every_recurring_job_runs(app, tmp_path):
    app.config["VAR_DIR"] = tmp_path
    own = worker.Worker(app)
    for _ in recurring():
        own.step()
    rows = db.session.scalars(select(Job)).all()
    assert [one.kind for one in rows if one.finished_at is None or one.last_error] == []
    assert all(one.due_at > now() for one in rows)


def test_a_database_that_is_away_is_waited_for_and_not_counted_against_the_job(app, monkeypatch, a_kind):
    away = [OperationalError("SELECT", {}, Exception(2003, "refused"))] * 3

    def take():
        if away:
            raise away.pop()
        return None

    monkeypatch.setattr(jobs, "take_job", take)
    own = busy_worker(app)
    pauses = []
    for _ in range(4):
        own._step_or_pause()
        pauses.append(own._pause)
    assert pauses == [0.5, 1.0, 2.0, 0.0]


class Process:
    """A worker process on the test's database."""

    def __init__(self, database_url, var, **environment):
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "app:create_app", "worker"],
            env={
                **os.environ,
                "DATABASE_URL": database_url,
                "VAR_DIR": str(var),
                "REDIS_URL": "",
                "SECRET_KEY": "a secret of the tests",
                **environment,
            },
            stderr=subprocess.PIPE,
            text=True,
        )

    def stop(self) -> float:
        """Seconds from SIGTERM to the end."""
        begun = time.perf_counter()
        self.popen.send_signal(signal.SIGTERM)
        self.popen.wait(10)
        return time.perf_counter() - begun


@pytest.fixture
def start(app, database_url, tmp_path):
    running = []

    def make(**environment) -> Process:
        running.append(Process(database_url, tmp_path, **environment))
        return running[-1]

    yield make
    for process in running:
        if process.popen.poll() is None:
            process.popen.kill()
        process.popen.communicate()


def wait_until(condition, seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
        db.session.rollback()


def unsealed() -> int:
    return len(db.session.scalars(select(AuditEntry.id).where(AuditEntry.seal.is_(None))).all())


def write_entry() -> None:
    keep(AuditEntry(act="group.create", object_kind="group", created_at=now() - timedelta(minutes=1)))


@operation(audited=False)
def queue_mail() -> None:
    mail.queue_to("arthur@iwdemo.fr", "test", "fr")


@pytest.mark.fresh
def test_the_process_works_and_stops_within_two_seconds(app, start):
    write_entry()
    with mailbox() as box:
        queue_mail()
        process = start(MAIL_SERVER="127.0.0.1", MAIL_PORT=str(box.port), MAIL_SENDER="chat@iwdemo.fr")
        wait_until(lambda: box.mails and unsealed() == 0)
        assert process.stop() < 10, "the mail server would keep it for 20 s"
    assert process.popen.returncode == 0
    assert "worker stopped" in process.popen.stderr.read()


@pytest.mark.fresh
def test_a_mail_server_that_hangs_does_not_keep_the_process_from_stopping(app, start):
    with mailbox(is_silent=True) as box:
        queue_mail()
        process = start(MAIL_SERVER="127.0.0.1", MAIL_PORT=str(box.port), MAIL_SENDER="chat@iwdemo.fr")
        wait_until(lambda: db.session.scalar(text("SELECT attempts FROM outgoing_mails")) == 1)
        assert process.stop() < 10, "the mail server would keep it for 20 s"
    assert process.popen.returncode == 0


@pytest.mark.fresh
def test_the_process_survives_that_its_connections_are_cut(app, start):
    process = start()
    wait_until(lambda: len(db.session.scalars(select(Job.id)).all()) == len(recurring()))
    wait_until(lambda: not db.session.scalars(select(Job.id).where(Job.finished_at.is_(None))).all())
    own = db.session.scalar(text("SELECT CONNECTION_ID()"))
    rows = db.session.execute(text("SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE()"))
    for (connection,) in rows.all():
        if connection != own:
            db.session.execute(text(f"KILL {connection}"))
    db.session.remove()
    db.engine.dispose()
    write_entry()
    db.session.execute(text("UPDATE jobs SET due_at = UTC_TIMESTAMP(6)"))
    db.session.commit()
    wait_until(lambda: unsealed() == 0)
    assert process.popen.poll() is None
    assert process.stop() < 2
