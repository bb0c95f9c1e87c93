"""`flask mail bounce`: a bounce is shown at the invitation; a forged one changes nothing."""

import pytest

from app.extensions import db
from app.jobs import mail as mail_jobs
from app.models import MailFailure, OutgoingMail, WorkState
from app.operations import guests
from app.rules import mail as mail_rules
from tests.support.mail_server import mail_server

REPORT = """From: MAILER-DAEMON@mx.darnis.com
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I am sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.darnis.com

Final-Recipient: rfc822; bt@darnis.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such
  person here

--b
Content-Type: message/rfc822

Subject: Invitation

Bonjour
--b--
"""


@pytest.fixture
def sent(app, people):
    """Send an invitation to a server that accepts everything, and return its envelope."""
    mail_jobs._paused_until.clear()
    guests.invite_guests(people.arthur, people.room, "bt@darnis.com")
    with mail_server() as (box, port):
        app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=port, MAIL_DEFAULT_SENDER="chat@iwdemo.fr")
        app.config["BOUNCE_ADDRESS"] = "bounce@iwdemo.fr"
        assert mail_jobs.send_next()
    return box.envelopes[0]


@pytest.fixture
def bounce(app):
    def run(to: str, action="failed", status="5.1.1", text=REPORT):
        content = text.format(to=to, action=action, status=status)
        return app.test_cli_runner().invoke(args=["mail", "bounce"], input=content)

    return run


def mail() -> OutgoingMail:
    db.session.expire_all()
    return db.session.query(OutgoingMail).one()


def test_bounce_is_shown_at_the_invitation(people, client_of, sent, bounce):
    assert sent.mail_from == mail_rules.return_path(mail().id) and len(sent.mail_from.split("@")[0]) <= 64
    assert b"<chat@iwdemo.fr>" in sent.content and b"bounce+" not in sent.content
    answer = bounce(sent.mail_from.upper())
    assert (answer.exit_code, answer.output) == (0, "Recorded.\n")
    assert (mail().state, mail().failure) == (WorkState.FAILED, MailFailure.RECIPIENT)
    assert mail().last_error == "smtp; 550 5.1.1 no such person here"
    page = client_of(people.arthur).get(f"/webmail/rooms/{people.room.id}/people").text
    assert "refuses this address" in page


def test_bounce_of_a_full_mailbox_does_not_blame_the_address(sent, bounce):
    assert bounce(sent.mail_from, status="5.2.2").exit_code == 0
    assert mail().failure is MailFailure.REFUSED


def test_report_of_a_delay_changes_nothing(sent, bounce):
    assert bounce(sent.mail_from, action="delayed", status="4.4.1").exit_code == 0
    assert mail().state is WorkState.DONE


def test_forged_or_invalid_report_is_refused(sent, bounce):
    number, _dot, mark = sent.mail_from.removeprefix("bounce+").partition("@")[0].partition(".")
    forged = [
        f"bounce+{int(number) + 1}.{mark}@iwdemo.fr",
        f"bounce+{number}.{'a' * 24}@iwdemo.fr",
        "chat@iwdemo.fr",
        "",
    ]
    for to in forged:
        assert bounce(to).exit_code == 65
    assert (
        bounce(
            sent.mail_from, text="To: {to}\nSubject: Re: Invitation\n\nMerci ! {action} {status}"
        ).exit_code
        == 65
    )
    assert bounce(sent.mail_from, text="").exit_code == 65
    assert mail().state is WorkState.DONE


def test_report_on_a_missing_mail_is_refused(sent, bounce):
    assert bounce(mail_rules.return_path(987_654_321)).exit_code == 65


def test_return_path_is_none_without_the_setting(app):
    assert mail_rules.return_path(7) is None


def test_failed_report_is_final_with_a_temporary_status(sent, bounce):
    """RFC 3464 §2.3.3: the action "failed" is final, with any class of the status."""
    assert bounce(sent.mail_from, action="failed", status="4.4.7").exit_code == 0
    assert mail().state is WorkState.FAILED
