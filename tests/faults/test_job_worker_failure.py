"""The job worker killed in the middle of its work: its lease expires, the work is taken again, nothing is lost."""

import json
import threading

import pytest

from tests.support.faults.company import until
from tests.support.faults.workspace import Workspace
from tests.support.mailbox import mailbox
from tests.support.servers import JobWorker


@pytest.fixture(scope="module")
def work(mariadb):
    """Make a database for jobs and mails alone."""
    workspace = Workspace(mariadb.make_database("faults_of_work"), mariadb.socket)
    yield workspace
    workspace.close()


@pytest.fixture
def worker_at(mariadb, work):
    """Return a function that starts a worker sending its mails to a mailbox."""
    started = []

    def start(box):
        mail = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(box.port), "MAIL_SENDER": "chat@iwdemo.fr"}
        started.append(
            JobWorker({"DATABASE_URL": mariadb.url("faults_of_work"), "REDIS_URL": "", **mail}).start()
        )
        return started[-1]

    yield start
    for worker in started:
        worker.close()


def queue_mail(work, recipient):
    """Insert a mail into the outbox, as an operation would."""
    work.ask(
        "INSERT INTO outgoing_mails (recipient, template, language, arguments, state, attempts, due_at, created_at)"
        " VALUES (%s, 'test', 'en', %s, 'waiting', 0, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
        recipient,
        json.dumps({}),
    )


def state_of(work, recipient):
    """Return (state, attempts, is leased) of a mail."""
    ((state, attempts, leased_until),) = work.ask(
        "SELECT state, attempts, leased_until FROM outgoing_mails WHERE recipient = %s", recipient
    )
    return state.lower(), attempts, leased_until is not None


def expire_lease(work, recipient):
    work.ask("UPDATE outgoing_mails SET leased_until = '2020-01-01' WHERE recipient = %s", recipient)


def test_mail_of_worker_killed_while_sending_is_sent_by_the_next(work, worker_at):
    queue_mail(work, "jean@iwdemo.fr")
    with mailbox(is_silent=True) as silent:
        first = worker_at(silent)
        until(lambda: state_of(work, "jean@iwdemo.fr") == ("waiting", 1, True), 15, "taken")
        first.kill()
    with mailbox() as box:
        worker_at(box)
        threading.Event().wait(1.5)
        assert state_of(work, "jean@iwdemo.fr") == ("waiting", 1, True) and not box.mails
        expire_lease(work, "jean@iwdemo.fr")
        until(lambda: state_of(work, "jean@iwdemo.fr") == ("done", 2, False), 15, "sent")
        assert [mail["To"] for mail in box.mails] == ["jean@iwdemo.fr"]


def test_mail_of_worker_killed_after_sending_keeps_its_message_id(work, worker_at):
    queue_mail(work, "arthur@iwdemo.fr")
    with mailbox() as box:
        mails, has_started = ReportingMails(), threading.Event()
        box.mails = mails
        # The mail may arrive before the worker's process is known here.
        mails.then = lambda: has_started.wait(15) and first.kill()
        first = worker_at(box)
        has_started.set()
        until(lambda: len(mails) == 1, 15, "sent")
        until(lambda: first.process.poll() is not None, 10, "killed")
        assert state_of(work, "arthur@iwdemo.fr") == ("waiting", 1, True)
        expire_lease(work, "arthur@iwdemo.fr")
        mails.then = None
        worker_at(box)
        until(lambda: state_of(work, "arthur@iwdemo.fr") == ("done", 2, False), 15, "sent again")
        assert len(mails) == 2 and mails[0]["Message-ID"] == mails[1]["Message-ID"]


class ReportingMails(list):
    """Mails that call `then` on arrival, before the mail server acknowledges them."""

    then = None

    def append(self, mail):
        super().append(mail)
        if self.then:
            self.then()


def test_worker_survives_a_database_restart(mariadb, work, worker_at):
    with mailbox() as box:
        worker = worker_at(box)
        pid = worker.process.pid
        mariadb.kill()
        threading.Event().wait(1.5)
        mariadb.start()
        queue_mail(work, "bt@darnis.com")
        until(lambda: state_of(work, "bt@darnis.com")[0] == "done", 20, "sent")
        assert (worker.process.poll(), worker.process.pid) == (None, pid)
        assert len(box.mails) == 1
