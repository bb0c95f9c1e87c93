"""Mails handed to real servers: encryption, sign-in, and the report of every refusal."""

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
def certificate_paths(tmp_path, monkeypatch):
    """Make a certificate for localhost that this process trusts."""
    paths = certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(paths[0]))
    return paths


def server_at(port: int, **changes) -> MailServer:
    usual = {"host": "localhost", "port": port, "protection": PLAIN, "username": None, "password": None}
    return MailServer(**{**usual, "sender": "chat@iwdemo.fr", **changes})


def send(server: MailServer, recipient="jean@iwdemo.fr", text="Réunion à 10 h.\n.\nFin") -> str:
    return mail.send(server, recipient, "Été", text, "<p>Été</p>", message_id="<mail-1@iwdemo.fr>")


def send_trial(server: MailServer):
    return mail.send_trial(server, "jean@iwdemo.fr", "Essai", "Essai", "<p>Essai</p>", "<essai@iwdemo.fr>")


def test_mail_arrives_whole(app):
    with mail_server() as (box, port):
        assert send(server_at(port)).startswith("250 2.0.0 queued")
    (message,) = box.mails
    assert (message["Subject"], message["To"], message["Message-ID"]) == (
        "Été",
        "jean@iwdemo.fr",
        "<mail-1@iwdemo.fr>",
    )
    assert message.get_body(("plain",)).get_content().split() == ["Réunion", "à", "10", "h.", ".", "Fin"]
    assert b"\n" not in box.envelopes[0].original_content.replace(b"\r\n", b"")


@pytest.mark.parametrize("protection", [STARTTLS, TLS])
def test_mail_is_sent_encrypted_and_signed_in(app, certificate_paths, protection):
    with mail_server(certificate_paths, protection=protection, wants_sign_in=True) as (box, port):
        trial = send_trial(server_at(port, protection=protection, username=NAME, password=PASSWORD))
    assert trial.failure is None
    assert [step for step, _ in trial.steps] == ["connect", "protect", "sign_in", "hand_over"]
    assert "TLSv1" in dict(trial.steps)["protect"]
    assert "queued as 1" in dict(trial.steps)["hand_over"]
    assert len(box.mails) == 1


def test_sign_in_works_without_a_trial(app, certificate_paths, monkeypatch):
    monkeypatch.setattr(mail_server_module, "PASSWORD", "window")
    with mail_server(certificate_paths, protection=STARTTLS, wants_sign_in=True) as (box, port):
        send(server_at(port, protection=STARTTLS, username=NAME, password="window"))
    assert len(box.mails) == 1


def failure_in(trial) -> tuple[str, str]:
    assert trial.failure.answer
    return trial.failed_step, trial.failure.kind


def test_wrong_password_is_reported(app, certificate_paths):
    with mail_server(certificate_paths, protection=STARTTLS, wants_sign_in=True) as (box, port):
        trial = send_trial(server_at(port, protection=STARTTLS, username=NAME, password="wrong"))
    assert failure_in(trial) == ("sign_in", "authentication")
    assert "535" in trial.failure.answer
    assert not trial.failure.is_permanent
    assert not box.mails


def test_required_sign_in_is_reported(app):
    with mail_server(wants_sign_in=True) as (_box, port):
        assert failure_in(send_trial(server_at(port)))[1] == "authentication"


def test_missing_sign_in_support_is_reported(app):
    with mail_server() as (_box, port):
        assert failure_in(send_trial(server_at(port, username=NAME, password=PASSWORD))) == (
            "sign_in",
            "authentication",
        )


@pytest.mark.parametrize("protection", [STARTTLS, TLS])
def test_untrusted_certificate_is_reported(app, tmp_path, protection):
    with mail_server(certificate(tmp_path, "localhost"), protection=protection) as (box, port):
        trial = send_trial(server_at(port, protection=protection))
    assert trial.failure.kind == "certificate"
    assert "self-signed" in trial.failure.answer
    assert not box.mails


@pytest.mark.parametrize("options", [{"names": ["autre.example"]}, {"names": ["localhost"], "ended": True}])
def test_certificate_of_another_name_or_expired_is_reported(app, tmp_path, monkeypatch, options):
    paths = certificate(tmp_path, *options["names"], ended=options.get("ended", False))
    monkeypatch.setenv("SSL_CERT_FILE", str(paths[0]))
    with mail_server(paths, protection=STARTTLS) as (_box, port):
        assert failure_in(send_trial(server_at(port, protection=STARTTLS))) == ("protect", "certificate")


def test_server_without_starttls_gets_no_mail(app):
    with mail_server() as (box, port):
        assert failure_in(send_trial(server_at(port, protection=STARTTLS))) == ("protect", "encryption")
    assert not box.mails


def test_closed_port_is_reported(app):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert failure_in(send_trial(server_at(port))) == ("connect", "unreachable")


def test_unknown_host_is_reported(app):
    assert failure_in(send_trial(server_at(25, host="no-such-host.invalid")))[1] == "unreachable"


def test_silent_server_is_reported(app, monkeypatch):
    monkeypatch.setattr(mail, "TRIAL_TIMEOUT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert failure_in(send_trial(server_at(silent.getsockname()[1], host="127.0.0.1"))) == (
            "connect",
            "timeout",
        )


@pytest.mark.parametrize(
    ("reply", "kind"), [(b"554 go away\r\n", "turned_away"), (b"421 later\r\n", "busy"), (b"", "broken")]
)
def test_server_that_refuses_connections_is_reported(app, reply, kind):
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer():
            connection, _ = listening.accept()
            connection.sendall(reply)
            connection.close()

        threading.Thread(target=answer, daemon=True).start()
        assert failure_in(send_trial(server_at(listening.getsockname()[1], host="127.0.0.1"))) == (
            "connect",
            kind,
        )


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
def test_refusal_by_the_server_is_classified(app, answers, kind, is_permanent):
    with mail_server(**answers) as (box, port):
        trial = send_trial(server_at(port))
    assert trial.failed_step == "hand_over"
    assert (trial.failure.kind, trial.failure.is_permanent) == (kind, is_permanent)
    assert next(iter(answers.values())) in trial.failure.answer
    assert not box.mails


def test_long_answer_is_cut(app):
    answer = failure_of(smtplib.SMTPDataError(554, b"x" * 5000)).answer
    assert len(answer) < 600


def test_own_error_is_not_attributed_to_the_server():
    assert failure_of(KeyError("room_label")).kind == "unmade"
    assert not failure_of(KeyError("room_label")).is_permanent
