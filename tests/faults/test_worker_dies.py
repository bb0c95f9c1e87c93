"""The worker process killed in the middle of its work: its lease runs out, the work is taken again, nothing is lost."""

import json
import threading

import pytest

from tests.support.faults.company import until
from tests.support.faults.stage import Stage
from tests.support.mailbox import mailbox
from tests.support.servers import JobWorker


@pytest.fixture(scope="module")
def work(mariadb):
    """A database with nothing in it but work."""
    made = Stage(mariadb.make_database("faults_of_work"), mariadb.socket)
    yield made
    made.close()


@pytest.fixture
def worker_at(mariadb, work):
    """worker_at(mailbox): a worker process that sends its mails there."""
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
    """A mail in the outbox, as an operation leaves it there."""
    work.ask(
        "INSERT INTO outgoing_mails (recipient, template, language, arguments, state, attempts, due_at, created_at)"
        " VALUES (%s, 'test', 'en', %s, 'waiting', 0, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
        recipient,
        json.dumps({}),
    )


def state_of(work, recipient):
    """(state, attempts, whether somebody holds it) of a mail."""
    ((state, attempts, leased_until),) = work.ask(
        "SELECT state, attempts, leased_until FROM outgoing_mails WHERE recipient = %s", recipient
    )
    return state.lower(), attempts, leased_until is not None


def let_the_lease_run_out(work, recipient):
    work.ask("UPDATE outgoing_mails SET leased_until = '2020-01-01' WHERE recipient = %s", recipient)


def test_killed_while_it_sends_the_mail_is_sent_by_the_next_one(work, worker_at):
    queue_mail(work, "jean@iwdemo.fr")
    with mailbox(is_silent=True) as silent:
        first = worker_at(silent)
        until(lambda: state_of(work, "jean@iwdemo.fr") == ("waiting", 1, True), 15, "taken")
        first.kill()
    with mailbox() as box:
        worker_at(box)
        threading.Event().wait(1.5)
        assert state_of(work, "jean@iwdemo.fr") == ("waiting", 1, True) and not box.mails
        let_the_lease_run_out(work, "jean@iwdemo.fr")
        until(lambda: state_of(work, "jean@iwdemo.fr") == ("done", 2, False), 15, "sent")
        assert [mail["To"] for mail in box.mails] == ["jean@iwdemo.fr"]


def test_killed_after_it_has_sent_the_mail_is_sent_again_under_the_same_name(work, worker_at):
    queue_mail(work, "arthur@iwdemo.fr")
    with mailbox() as box:
        kept = Noted()
        box.mails = kept
        first = worker_at(box)
        kept.then = first.kill
        until(lambda: len(kept) == 1, 15, "sent")
        until(lambda: first.process.poll() is not None, 10, "killed")
        assert state_of(work, "arthur@iwdemo.fr") == ("waiting", 1, True)
        let_the_lease_run_out(work, "arthur@iwdemo.fr")
        kept.then = None
        worker_at(box)
        until(lambda: state_of(work, "arthur@iwdemo.fr") == ("done", 2, False), 15, "sent again")
        assert len(kept) == 2 and kept[0]["Message-ID"] == kept[1]["Message-ID"]


class Noted(list):
    """Mails; `then` is called as soon as one has come, before the mail server says so."""

    then = None

    def append(self, mail):
        super().append(mail)
        if self.then:
            self.then()


def test_the_database_restarts_and_the_worker_goes_on(mariadb, work, worker_at):
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
