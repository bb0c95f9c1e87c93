"""Mails leave once, in the reader's language, and are tried again."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.extensions import db
from app.jobs import mail as mail_jobs
from app.models import MailFailure, OutgoingMail, Service, ServiceName, WorkState, now
from app.operations import mail as mail_operations
from app.operations.jobs import ATTEMPTS
from app.queries import mail as mail_queries
from app.transaction import operation
from tests.support.mail_server import mail_server
from tests.support.mailbox import mailbox

TEMPLATES = sorted(
    {path.stem for path in Path("app/templates/emails").glob("*.txt")}
    - {"layout"}
    - mail_queries._facts.keys()
)
"""Those that speak of nothing stored; the others are read where what they speak of is made."""


@pytest.fixture
def server(app):
    with mailbox() as box:
        listen_to(app, box)
        yield box


def listen_to(app, box) -> None:
    app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=box.port, MAIL_DEFAULT_SENDER="chat@iwdemo.fr")


@operation(audited=False)
def queue(*given, **arguments):
    return mail_operations.queue_to(*given, **arguments)


@pytest.fixture(autouse=True)
def rested():
    mail_jobs._paused_until.clear()


def be_due() -> None:
    row().due_at = now() - timedelta(seconds=1)
    db.session.commit()


def row() -> OutgoingMail:
    return db.session.scalars(select(OutgoingMail), execution_options={"populate_existing": True}).one()


def test_a_mail_leaves_in_text_and_html(app, server):
    queue("arthur@iwdemo.fr", "password_changed", "fr", ip="192.0.2.7")
    assert mail_jobs.send_next() is True
    assert mail_jobs.send_next() is False
    (mail,) = server.mails
    assert (mail["To"], mail["From"]) == ("arthur@iwdemo.fr", "TeamChat <chat@iwdemo.fr>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "multipart/alternative" in [part.get_content_type() for part in mail.walk()]
    for kind in ("plain", "html"):
        assert "192.0.2.7" in mail.get_body((kind,)).get_content()
    assert row().state is WorkState.DONE


def test_a_mail_is_made_in_the_readers_language_when_it_leaves(app):
    french, english = (
        mail_jobs.render_mail("password_changed", code, {"ip": None})[0] for code in ("fr", "en")
    )
    assert english == "Your TeamChat password was changed"
    assert french != english


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_mail_has_a_subject_and_both_parts(app, template, language):
    subject, text, html = mail_jobs.render_mail(template, language, {"ip": "<b>192.0.2.7</b>"})
    assert subject
    assert "\n" not in subject
    assert "https://localhost:8443" in text
    assert "<html" in html
    assert "<b>" not in html


def test_without_a_mail_server_mails_wait(app):
    queue("arthur@iwdemo.fr", "test", "fr")
    assert mail_jobs.send_next() is False
    assert (row().state, row().attempts) == (WorkState.WAITING, 0)


def test_while_the_service_is_stopped_mails_wait(app, server):
    queue("arthur@iwdemo.fr", "test", "fr")
    db.session.scalars(select(Service).where(Service.name == ServiceName.MAIL)).one().is_running = False
    db.session.commit()
    assert mail_jobs.send_next() is False
    assert not server.mails


def test_a_mail_that_is_refused_for_good_is_given_up_at_once_and_the_reason_is_kept(app):
    with mailbox(is_refusing=True) as box:
        listen_to(app, box)
        queue("arthur@iwdemo.fr", "test", "fr")
        with pytest.raises(Exception, match="nobody of that name"):
            mail_jobs.send_next()
    assert (row().state, row().failure, row().attempts) == (WorkState.FAILED, MailFailure.RECIPIENT, 1)
    assert row().last_error == "550 nobody of that name"
    assert row().finished_at


def test_a_mail_that_is_put_off_is_tried_again(app):
    with mail_server(on_rcpt="450 4.2.0 greylisted") as (box, port):
        app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=port)
        queue("arthur@iwdemo.fr", "test", "fr")
        with pytest.raises(Exception, match="greylisted"):
            mail_jobs.send_next()
        assert (row().state, row().failure) == (WorkState.WAITING, MailFailure.BUSY)
        assert row().due_at > now()
        box.on_rcpt = None
        be_due()
        assert mail_jobs.send_next() is True
    assert (row().state, row().failure, row().last_error) == (WorkState.DONE, None, None)


def test_after_ten_attempts_a_mail_is_given_up(app):
    with mail_server(on_data="452 4.3.1 disk full") as (_box, port):
        app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=port)
        queue("arthur@iwdemo.fr", "test", "fr")
        for _ in range(ATTEMPTS):
            be_due()
            with pytest.raises(Exception, match="disk full"):
                mail_jobs.send_next()
    assert (row().state, row().attempts) == (WorkState.FAILED, ATTEMPTS)


def test_a_server_that_fails_is_left_alone_for_a_while_and_another_one_is_not(app, server):
    queue("arthur@iwdemo.fr", "test", "fr")
    app.config.update(MAIL_PORT=1)
    with pytest.raises(ConnectionRefusedError):
        mail_jobs.send_next()
    be_due()
    assert mail_jobs.send_next() is False
    assert row().attempts == 1
    listen_to(app, server)
    assert mail_jobs.send_next() is True


def test_a_mail_about_something_that_is_gone_does_not_leave(app, server):
    queue("bt@darnis.com", "invitation", "fr", invitation_id=1_000_000)
    assert mail_jobs.send_next() is True
    assert row().state is WorkState.CANCELLED
    assert not server.mails


def test_a_mail_server_that_is_away_is_tried_again(app):
    app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=1)
    queue("arthur@iwdemo.fr", "test", "fr")
    with pytest.raises(ConnectionRefusedError):
        mail_jobs.send_next()
    assert "Connection refused" in row().last_error


def test_a_mail_that_is_sent_twice_bears_one_id(app, server):
    queue("arthur@iwdemo.fr", "test", "fr")
    mail_jobs.send_next()
    row().state = WorkState.WAITING
    row().due_at = now() - timedelta(seconds=1)
    db.session.commit()
    mail_jobs.send_next()
    first, second = (mail["Message-ID"] for mail in server.mails)
    assert first == second


def test_a_mail_of_an_operation_that_fails_never_leaves(app, server):
    @operation(audited=False)
    def fail():
        mail_operations.queue_to("arthur@iwdemo.fr", "test", "fr")
        raise RuntimeError("changed our mind")

    with pytest.raises(RuntimeError):
        fail()
    assert mail_jobs.send_next() is False
