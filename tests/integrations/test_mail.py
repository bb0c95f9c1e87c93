"""Mails are handed to real servers: protected, signed in, and every refusal is told for what it is."""

import smtplib
import socket
import threading

import pytest

from app.integrations import mail
from app.integrations.mail import PLAIN, STARTTLS, TLS, MailServer, failure_of
from tests.support import mail_server as mail_server_module
from tests.support.mail_server import NAME, PASSWORD, certificate, mail_server

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A certificate for localhost that this process trusts."""
    paths = certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(paths[0]))
    return paths


def to(port: int, **changes) -> MailServer:
    usual = {"host": "localhost", "port": port, "protection": PLAIN, "username": None, "password": None}
    return MailServer(**{**usual, "sender": "chat@iwdemo.fr", **changes})


def send(server: MailServer, recipient="jean@iwdemo.fr", text="Réunion à 10 h.\n.\nFin") -> str:
    return mail.send(server, recipient, "Été", text, "<p>Été</p>", message_id="<mail-1@iwdemo.fr>")


def try_out(server: MailServer):
    return mail.send_trial(server, "jean@iwdemo.fr", "Essai", "Essai", "<p>Essai</p>", "<essai@iwdemo.fr>")


def test_a_mail_arrives_whole(app):
    with mail_server() as (box, port):
        assert send(to(port)).startswith("250 2.0.0 queued")
    (got,) = box.mails
    assert (got["Subject"], got["To"], got["Message-ID"]) == ("Été", "jean@iwdemo.fr", "<mail-1@iwdemo.fr>")
    assert got.get_body(("plain",)).get_content().split() == ["Réunion", "à", "10", "h.", ".", "Fin"]
    assert b"\n" not in box.envelopes[0].original_content.replace(b"\r\n", b"")


@pytest.mark.parametrize("protection", [STARTTLS, TLS])
def test_it_goes_protected_and_signed_in(app, files, protection):
    with mail_server(files, protection=protection, wants_sign_in=True) as (box, port):
        trial = try_out(to(port, protection=protection, username=NAME, password=PASSWORD))
    assert trial.failure is None
    assert [step for step, _ in trial.steps] == ["connect", "protect", "sign_in", "hand_over"]
    assert "TLSv1" in dict(trial.steps)["protect"]
    assert "queued as 1" in dict(trial.steps)["hand_over"]
    assert len(box.mails) == 1


def test_a_plain_password_goes_the_usual_way(app, files, monkeypatch):
    monkeypatch.setattr(mail_server_module, "PASSWORD", "window")
    with mail_server(files, protection=STARTTLS, wants_sign_in=True) as (box, port):
        send(to(port, protection=STARTTLS, username=NAME, password="window"))
    assert len(box.mails) == 1


def failed(trial) -> tuple[str, str]:
    assert trial.failure.answer
    return trial.failed_step, trial.failure.kind


def test_a_wrong_password_is_told(app, files):
    with mail_server(files, protection=STARTTLS, wants_sign_in=True) as (box, port):
        trial = try_out(to(port, protection=STARTTLS, username=NAME, password="wrong"))
    assert failed(trial) == ("sign_in", "authentication")
    assert "535" in trial.failure.answer
    assert not trial.failure.is_permanent
    assert not box.mails


def test_a_server_that_wants_a_name_is_told(app):
    with mail_server(wants_sign_in=True) as (_box, port):
        assert failed(try_out(to(port)))[1] == "authentication"


def test_a_server_that_knows_no_sign_in_is_told(app):
    with mail_server() as (_box, port):
        assert failed(try_out(to(port, username=NAME, password=PASSWORD))) == ("sign_in", "authentication")


@pytest.mark.parametrize("protection", [STARTTLS, TLS])
def test_a_certificate_nobody_vouches_for_is_told(app, tmp_path, protection):
    with mail_server(certificate(tmp_path, "localhost"), protection=protection) as (box, port):
        trial = try_out(to(port, protection=protection))
    assert trial.failure.kind == "certificate"
    assert "self-signed" in trial.failure.answer
    assert not box.mails


@pytest.mark.parametrize("given", [{"names": ["autre.example"]}, {"names": ["localhost"], "ended": True}])
def test_a_certificate_of_another_name_or_time_is_told(app, tmp_path, monkeypatch, given):
    paths = certificate(tmp_path, *given["names"], ended=given.get("ended", False))
    monkeypatch.setenv("SSL_CERT_FILE", str(paths[0]))
    with mail_server(paths, protection=STARTTLS) as (_box, port):
        assert failed(try_out(to(port, protection=STARTTLS))) == ("protect", "certificate")


def test_a_server_without_starttls_gets_no_mail(app):
    with mail_server() as (box, port):
        assert failed(try_out(to(port, protection=STARTTLS))) == ("protect", "encryption")
    assert not box.mails


def test_nobody_behind_the_port_is_told(app):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert failed(try_out(to(port))) == ("connect", "unreachable")


def test_a_name_that_nobody_has_is_told(app):
    assert failed(try_out(to(25, host="no-such-host.invalid")))[1] == "unreachable"


def test_silence_is_told(app, monkeypatch):
    monkeypatch.setattr(mail, "TRIAL_TIMEOUT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert failed(try_out(to(silent.getsockname()[1], host="127.0.0.1"))) == ("connect", "timeout")


@pytest.mark.parametrize(
    ("said", "kind"), [(b"554 go away\r\n", "turned_away"), (b"421 later\r\n", "busy"), (b"", "broken")]
)
def test_a_server_that_does_not_want_to_talk_is_told(app, said, kind):
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer():
            line, _ = listening.accept()
            line.sendall(said)
            line.close()

        threading.Thread(target=answer, daemon=True).start()
        assert failed(try_out(to(listening.getsockname()[1], host="127.0.0.1"))) == ("connect", kind)


@pytest.mark.parametrize(
    ("answers", "kind", "is_permanent"),
    [
        ({"on_rcpt": "550 5.1.1 no such mailbox"}, "recipient", True),
        ({"on_rcpt": "450 4.2.0 greylisted"}, "busy", False),
        ({"on_mail": "553 5.7.1 not your address"}, "sender", True),
        ({"on_mail": "530 5.7.0 authentication required"}, "authentication", False),
        ({"on_mail": "451 4.3.0 later"}, "busy", False),
        ({"on_data": "554 5.7.1 spam"}, "refused", True),
        ({"on_data": "452 4.3.1 disk full"}, "busy", False),
    ],
)
def test_what_the_server_says_of_the_mail_is_told_and_is_final_or_not(app, answers, kind, is_permanent):
    with mail_server(**answers) as (box, port):
        trial = try_out(to(port))
    assert trial.failed_step == "hand_over"
    assert (trial.failure.kind, trial.failure.is_permanent) == (kind, is_permanent)
    assert next(iter(answers.values())) in trial.failure.answer
    assert not box.mails


def test_an_answer_of_many_words_is_cut(app):
    answer = failure_of(smtplib.SMTPDataError(554, b"x" * 5000)).answer
    assert len(answer) < 600


def test_an_error_of_ours_is_not_laid_at_the_servers_door():
    assert failure_of(KeyError("room_label")).kind == "unmade"
    assert not failure_of(KeyError("room_label")).is_permanent
