"""Mails are sent once, in the language of the reader, and are tried again."""

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

# Templates about nothing stored; the others are tested where their rows are made.
TEMPLATES = sorted(
    {path.stem for path in Path("app/templates/emails").glob("*.txt")}
    - {"layout"}
    - mail_queries._facts.keys()
)


@pytest.fixture
def server(app):
    with mailbox() as box:
        listen_to(app, box)
        yield box


def listen_to(app, box) -> None:
    app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=box.port, MAIL_DEFAULT_SENDER="chat@iwdemo.fr")


@operation(audited=False)
def queue(*positional, **arguments):
    return mail_operations.queue_to(*positional, **arguments)


@pytest.fixture(autouse=True)
def unpaused():
    mail_jobs._paused_until.clear()


def make_due() -> None:
    row().due_at = now() - timedelta(seconds=1)
    db.session.commit()


def row() -> OutgoingMail:
    return db.session.scalars(select(OutgoingMail), execution_options={"populate_existing": True}).one()


def test_mail_is_sent_in_text_and_html(app, server):
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


def test_mail_is_rendered_in_the_language_of_its_reader(app):
    french, english = (
        mail_jobs.render_mail("password_changed", code, {"ip": None})[0] for code in ("fr", "en")
    )
    assert english == "Your TeamChat password was changed"
    assert french != english


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_mail_template_has_a_subject_and_both_parts(app, template, language):
    subject, text, html = mail_jobs.render_mail(template, language, {"ip": "<b>192.0.2.7</b>"})
    assert subject
    assert "\n" not in subject
    assert "https://localhost:8443" in text
    assert "<html" in html
    assert "<b>" not in html


def test_mail_waits_without_a_mail_server(app):
    queue("arthur@iwdemo.fr", "test", "fr")
    assert mail_jobs.send_next() is False
    assert (row().state, row().attempts) == (WorkState.WAITING, 0)


def test_mail_waits_while_the_service_is_stopped(app, server):
    queue("arthur@iwdemo.fr", "test", "fr")
    db.session.scalars(select(Service).where(Service.name == ServiceName.MAIL)).one().is_running = False
    db.session.commit()
    assert mail_jobs.send_next() is False
    assert not server.mails


def test_permanently_refused_mail_fails_at_once_with_its_reason(app):
    with mailbox(is_refusing=True) as box:
        listen_to(app, box)
        queue("arthur@iwdemo.fr", "test", "fr")
        with pytest.raises(Exception, match="nobody of that name"):
            mail_jobs.send_next()
    assert (row().state, row().failure, row().attempts) == (WorkState.FAILED, MailFailure.RECIPIENT, 1)
    assert row().last_error == "550 nobody of that name"
    assert row().finished_at


def test_deferred_mail_is_tried_again(app):
    with mail_server(on_rcpt="450 4.2.0 greylisted") as (box, port):
        app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=port)
        queue("arthur@iwdemo.fr", "test", "fr")
        with pytest.raises(Exception, match="greylisted"):
            mail_jobs.send_next()
        assert (row().state, row().failure) == (WorkState.WAITING, MailFailure.BUSY)
        assert row().due_at > now()
        box.on_rcpt = None
        make_due()
        assert mail_jobs.send_next() is True
    assert (row().state, row().failure, row().last_error) == (WorkState.DONE, None, None)


def test_mail_fails_after_ten_attempts(app):
    with mail_server(on_data="452 4.3.1 disk full") as (_box, port):
        app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=port)
        queue("arthur@iwdemo.fr", "test", "fr")
        for _ in range(ATTEMPTS):
            make_due()
            with pytest.raises(Exception, match="disk full"):
                mail_jobs.send_next()
    assert (row().state, row().attempts) == (WorkState.FAILED, ATTEMPTS)


def test_failing_server_is_paused_unlike_another_one(app, server):
    queue("arthur@iwdemo.fr", "test", "fr")
    app.config.update(MAIL_PORT=1)
    with pytest.raises(ConnectionRefusedError):
        mail_jobs.send_next()
    make_due()
    assert mail_jobs.send_next() is False
    assert row().attempts == 1
    listen_to(app, server)
    assert mail_jobs.send_next() is True


def test_mail_about_a_missing_row_is_cancelled(app, server):
    queue("bt@darnis.com", "invitation", "fr", invitation_id=1_000_000)
    assert mail_jobs.send_next() is True
    assert row().state is WorkState.CANCELLED
    assert not server.mails


def test_unreachable_server_is_kept_as_the_reason(app):
    app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=1)
    queue("arthur@iwdemo.fr", "test", "fr")
    with pytest.raises(ConnectionRefusedError):
        mail_jobs.send_next()
    assert "Connection refused" in row().last_error


def test_mail_sent_twice_keeps_its_message_id(app, server):
    queue("arthur@iwdemo.fr", "test", "fr")
    mail_jobs.send_next()
    row().state = WorkState.WAITING
    row().due_at = now() - timedelta(seconds=1)
    db.session.commit()
    mail_jobs.send_next()
    first, second = (mail["Message-ID"] for mail in server.mails)
    assert first == second


def test_mail_of_a_failed_operation_is_never_sent(app, server):
    @operation(audited=False)
    def fail():
        mail_operations.queue_to("arthur@iwdemo.fr", "test", "fr")
        raise RuntimeError("changed our mind")

    with pytest.raises(RuntimeError):
        fail()
    assert mail_jobs.send_next() is False
