"""Mails leave once, in the reader's language, and are tried again."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.extensions import db
from app.jobs import outbox
from app.models import OutgoingMail, Service, ServiceName, WorkState, now
from app.operations import mails
from app.transaction import operation
from tests.jobs.mailbox import mailbox

TEMPLATES = sorted({path.stem for path in Path("app/templates/mails").glob("*.txt")} - {"layout"})


@pytest.fixture
def server(app):
    with mailbox() as box:
        listen_to(app, box)
        yield box


def listen_to(app, box) -> None:
    app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=box.port, MAIL_DEFAULT_SENDER="chat@iwdemo.fr")


@operation(audited=False)
def queue(*given, **arguments):
    return mails.queue_to(*given, **arguments)


def row() -> OutgoingMail:
    return db.session.scalars(select(OutgoingMail), execution_options={"populate_existing": True}).one()


def test_a_mail_leaves_in_text_and_html(app, server):
    queue("arthur@iwdemo.fr", "password_changed", "fr", ip="192.0.2.7")
    assert outbox.send_next() is True
    assert outbox.send_next() is False
    (mail,) = server.mails
    assert (mail["To"], mail["From"]) == ("arthur@iwdemo.fr", "TeamChat <chat@iwdemo.fr>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "multipart/alternative" in [part.get_content_type() for part in mail.walk()]
    for kind in ("plain", "html"):
        assert "192.0.2.7" in mail.get_body((kind,)).get_content()
    assert row().state is WorkState.DONE


def test_a_mail_is_made_in_the_readers_language_when_it_leaves(app):
    french, english = (outbox.made("password_changed", code, {"ip": None})[0] for code in ("fr", "en"))
    assert english == "Your TeamChat password was changed"
    assert french != english


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_mail_has_a_subject_and_both_parts(app, template, language):
    subject, text, html = outbox.made(template, language, {"ip": "<b>192.0.2.7</b>"})
    assert subject
    assert "\n" not in subject
    assert "https://localhost:8443" in text
    assert "<html" in html
    assert "<b>" not in html


def test_without_a_mail_server_mails_wait(app):
    queue("arthur@iwdemo.fr", "test", "fr")
    assert outbox.send_next() is False
    assert (row().state, row().attempts) == (WorkState.WAITING, 0)


def test_while_the_service_is_stopped_mails_wait(app, server):
    queue("arthur@iwdemo.fr", "test", "fr")
    db.session.scalars(select(Service).where(Service.name == ServiceName.MAIL)).one().is_running = False
    db.session.commit()
    assert outbox.send_next() is False
    assert not server.mails


def test_a_refused_mail_is_tried_again_and_the_reason_is_kept(app):
    with mailbox(is_refusing=True) as box:
        listen_to(app, box)
        queue("arthur@iwdemo.fr", "test", "fr")
        with pytest.raises(Exception, match="nobody of that name"):
            outbox.send_next()
    assert row().state is WorkState.WAITING
    assert "nobody of that name" in row().last_error
    assert row().due_at > now()


def test_a_mail_server_that_is_away_is_tried_again(app):
    app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=1)
    queue("arthur@iwdemo.fr", "test", "fr")
    with pytest.raises(ConnectionRefusedError):
        outbox.send_next()
    assert "Connection refused" in row().last_error


def test_a_mail_that_is_sent_twice_bears_one_id(app, server):
    queue("arthur@iwdemo.fr", "test", "fr")
    outbox.send_next()
    row().state = WorkState.WAITING
    row().due_at = now() - timedelta(seconds=1)
    db.session.commit()
    outbox.send_next()
    first, second = (mail["Message-ID"] for mail in server.mails)
    assert first == second


def test_a_mail_of_an_operation_that_fails_never_leaves(app, server):
    @operation(audited=False)
    def fail():
        mails.queue_to("arthur@iwdemo.fr", "test", "fr")
        raise RuntimeError("changed our mind")

    with pytest.raises(RuntimeError):
        fail()
    assert outbox.send_next() is False
