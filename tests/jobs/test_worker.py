"""The worker process: its work, its recovery and its end."""

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
def register_kind(monkeypatch):
    """Return a function that registers a kind of job called "something" for the test."""
    before = dict(job_kinds)
    yield kind_of_job("something")
    job_kinds.clear()
    job_kinds.update(before)


def row() -> Job:
    statement = select(Job).where(Job.kind == "something")
    return db.session.scalars(statement, execution_options={"populate_existing": True}).one()


def started_worker(app) -> worker.Worker:
    own = worker.Worker(app)
    own._has_started = True
    return own


def test_job_runs_with_its_arguments(app, register_kind):
    done = []
    register_kind(lambda **arguments: done.append(arguments))
    jobs.enqueue("something", number=7)
    assert started_worker(app).step() is True
    assert done == [{"number": 7}]
    assert row().state is WorkState.DONE
    assert started_worker(app).step() is False


def test_failed_job_waits_with_its_error(app, register_kind):
    def fail():
        raise ValueError("no luck")

    register_kind(fail)
    jobs.enqueue("something")
    started_worker(app).step()
    assert (row().state, row().last_error) == (WorkState.WAITING, "ValueError: no luck")


def test_unknown_kind_is_reported(app):
    jobs.enqueue("something")
    started_worker(app).step()
    assert "no kind of job is called something" in row().last_error


def test_first_step_adds_the_recurring_jobs(app):
    worker.Worker(app).step()
    assert set(db.session.scalars(select(Job.kind))) == set(recurring())
    assert {"seal_trail", "end_expired_sessions", "forget_access_changes"} <= set(recurring())


def test_recurring_jobs_run_without_error(app, tmp_path):
    app.config["VAR_DIR"] = tmp_path
    own = worker.Worker(app)
    for _ in recurring():
        own.step()
    rows = db.session.scalars(select(Job)).all()
    assert [job.kind for job in rows if job.finished_at is None or job.last_error] == []
    assert all(job.due_at > now() for job in rows)


def test_missing_database_is_waited_for(app, monkeypatch, register_kind):
    away = [OperationalError("SELECT", {}, Exception(2003, "refused"))] * 3

    def take():
        if away:
            raise away.pop()

    monkeypatch.setattr(jobs, "take_job", take)
    own = started_worker(app)
    pauses = []
    for _ in range(4):
        own._step_or_pause()
        pauses.append(own._pause)
    assert pauses == [0.5, 1.0, 2.0, 0.0]


class Process:
    """A worker process on the database of the test."""

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

    def stop(self) -> None:
        """End the process with SIGTERM. It may not wait for a mail server, which would keep it for 20 s."""
        self.popen.send_signal(signal.SIGTERM)
        self.popen.wait(10)


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


def unsealed_count() -> int:
    return len(db.session.scalars(select(AuditEntry.id).where(AuditEntry.seal.is_(None))).all())


def write_entry() -> None:
    keep(AuditEntry(act="group.create", object_kind="group", created_at=now() - timedelta(minutes=1)))


@operation(audited=False)
def queue_mail() -> None:
    mail.queue_to("arthur@iwdemo.fr", "test", "fr")


@pytest.mark.fresh
def test_process_works_and_stops(app, start):
    write_entry()
    with mailbox() as box:
        queue_mail()
        process = start(MAIL_SERVER="127.0.0.1", MAIL_PORT=str(box.port), MAIL_SENDER="chat@iwdemo.fr")
        wait_until(lambda: box.mails and unsealed_count() == 0)
        process.stop()
    assert process.popen.returncode == 0
    assert "worker stopped" in process.popen.stderr.read()


@pytest.mark.fresh
def test_process_stops_while_a_mail_server_hangs(app, start):
    with mailbox(is_silent=True) as box:
        queue_mail()
        process = start(MAIL_SERVER="127.0.0.1", MAIL_PORT=str(box.port), MAIL_SENDER="chat@iwdemo.fr")
        wait_until(lambda: db.session.scalar(text("SELECT attempts FROM outgoing_mails")) == 1)
        process.stop()
    assert process.popen.returncode == 0


@pytest.mark.fresh
def test_process_survives_killed_connections(app, start):
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
    wait_until(lambda: unsealed_count() == 0)
    assert process.popen.poll() is None
    process.stop()
    assert process.popen.returncode == 0
