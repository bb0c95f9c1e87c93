"""System → Outgoing mail: the outbox and the mail server."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.blueprints.mail import labels
from app.errors import Forbidden
from app.extensions import db
from app.integrations.mail import PLAIN, STARTTLS, MailServer
from app.jobs import mail as mail_jobs
from app.models import AuditEntry, MailFailure, OutgoingMail, WorkState, now
from app.operations import mail as mail_operations
from app.operations.server.settings import set_mail_server, set_setting, update_mail_server
from app.rules.server import settings
from app.transaction import operation
from tests.support.mail_server import NAME, PASSWORD, certificate, mail_server

URL = "/admin/mails"
SERVER = {
    "host": "mail.iwdemo.fr",
    "port": "587",
    "protection": STARTTLS,
    "username": "chat",
    "sender": "chat@iwdemo.fr",
}
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")


@operation(audited=False)
def queue(recipient="bt@darnis.com", template="test", **arguments):
    return mail_operations.queue_to(recipient, template, "fr", **arguments)


def row(mail_id: int) -> OutgoingMail:
    return db.session.get(OutgoingMail, mail_id, populate_existing=True)


def given_up(failure=MailFailure.RECIPIENT, **more) -> OutgoingMail:
    mail = queue(**more)
    mail.state, mail.failure, mail.finished_at = WorkState.FAILED, failure, now()
    mail.attempts, mail.last_error = 1, "550 5.1.1 no such mailbox"
    db.session.commit()
    return mail


@pytest.fixture
def client(people, client_of):
    return client_of(people.admin)


@pytest.fixture
def files(tmp_path, monkeypatch):
    paths = certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(paths[0]))
    return paths


def version(client) -> str:
    page = client.get(f"{URL}/server").text
    return page.split('name="version"')[1].split('value="')[1].split('"')[0]


def save(client, **changes):
    return client.post(f"{URL}/server", data={**SERVER, "version": version(client), **changes})


def test_the_outbox_says_where_every_mail_stands(client):
    queue()
    given_up(recipient="jean@iwdemo.fr")
    page = client.get(URL).text
    for said in (
        "bt@darnis.com",
        "Waiting",
        "jean@iwdemo.fr",
        "Failed for good",
        "refuses the recipient",
        "2 mails",
    ):
        assert said in page


def test_an_empty_outbox_says_what_comes_here(client):
    assert "There are no mails yet" in client.get(URL).text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("state=failed", {"jean@iwdemo.fr"}),
        ("state=waiting", {"bt@darnis.com"}),
        ("template=test", {"jean@iwdemo.fr", "bt@darnis.com"}),
        ("template=invitation", set()),
        ("failure=recipient", {"jean@iwdemo.fr"}),
        ("q=JEAN", {"jean@iwdemo.fr"}),
        ("q=100%25", set()),
        ("state=nonsense", {"jean@iwdemo.fr", "bt@darnis.com"}),
    ],
)
def test_the_outbox_is_filtered(client, asked, found):
    queue()
    given_up(recipient="jean@iwdemo.fr")
    page = client.fragment(f"{URL}?{asked}", "list").text
    assert {address for address in ("jean@iwdemo.fr", "bt@darnis.com") if address in page} == found
    assert found or "No mail matches" in page


def test_the_outbox_is_paged_and_costs_the_same_however_long(client, count_statements):
    for number in range(3):
        queue(f"n{number}@iwdemo.fr")
    with count_statements() as few:
        client.get(URL)
    for number in range(3, 60):
        queue(f"n{number}@iwdemo.fr")
    with count_statements() as many:
        page = client.get(URL).text
    assert len(many) == len(few)
    assert "n59@iwdemo.fr" in page
    assert "n0@iwdemo.fr" not in page
    following = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "n0@iwdemo.fr" in client.get(following).text


@pytest.mark.parametrize("who", ["web_admin", "domain_admin", "arthur"])
def test_outgoing_mail_is_for_server_administrators_only(people, client_of, who):
    mail = queue()
    client = client_of(getattr(people, who))
    for path in ("", f"/{mail.id}", f"/{mail.id}/content", "/server"):
        assert client.get(URL + path).status_code == 403
    for path in (f"/{mail.id}/resend", f"/{mail.id}/cancel", "/resend-failed", "/server", "/server/test"):
        assert client.post(URL + path, data=SERVER).status_code == 403
    assert row(mail.id).state is WorkState.WAITING
    assert settings.mail_server() is None


def test_outgoing_mail_stands_in_the_menu_of_server_administrators(people, client_of):
    assert f'href="{URL}"' in client_of(people.admin).get("/admin/").text
    for person in (people.web_admin, people.domain_admin):
        assert URL not in client_of(person).get("/admin/").text


def test_mail_operations_refuse_web_administrators(people):
    mail, server = given_up(), MailServer("evil.example", 25, PLAIN, None, None, "a@evil.example")
    for act in (
        lambda: update_mail_server(people.web_admin, server),
        lambda: update_mail_server(people.web_admin, None),
        lambda: set_mail_server(people.web_admin, server),
        lambda: set_setting(people.web_admin, settings.Setting.HOST_NAME, "evil.example"),
        lambda: mail_operations.send_test_mail(people.web_admin, "sophie@evil.example", "fr"),
        lambda: mail_operations.note_trial(people.web_admin, server, "sophie@evil.example", "ok"),
        lambda: mail_operations.resend_mail(people.web_admin, mail.id),
        lambda: mail_operations.cancel_mail(people.web_admin, mail.id),
        lambda: mail_operations.resend_failed_mails(people.web_admin),
    ):
        with pytest.raises(Forbidden) as refusal:
            act()
        assert refusal.value.code == "server_only"
    assert settings.mail_server() is None
    assert row(mail.id).state is WorkState.FAILED


def test_mail_server_change_is_in_the_audit_log(client, people):
    save(client, host="mail.iwdemo.fr")
    db.session.query(AuditEntry).delete()
    assert save(client, host="neuf.iwdemo.fr").status_code == 303
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "setting.change")).one()
    assert entry.actor_id == people.admin.id
    assert json.loads(entry.before) == {"mail_server": "mail.iwdemo.fr"}
    assert json.loads(entry.after) == {"mail_server": "neuf.iwdemo.fr"}


def test_a_mail_that_is_not_there_is_not_found(client):
    assert client.get(f"{URL}/1000000").status_code == 404
    assert client.post(f"{URL}/1000000/resend").status_code == 404


def test_a_mail_that_failed_is_sent_after_all(client):
    mail = given_up()
    assert client.post(f"{URL}/{mail.id}/resend").status_code == 303
    assert (row(mail.id).state, row(mail.id).attempts, row(mail.id).failure) == (WorkState.WAITING, 0, None)
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.act == "mail.resend")).one()


def test_a_mail_that_left_is_sent_once_more_as_a_new_one(client):
    mail = queue()
    mail.state, mail.finished_at = WorkState.DONE, now()
    db.session.commit()
    answer = client.post(f"{URL}/{mail.id}/resend")
    again = int(answer.headers["Location"].rpartition("/")[2])
    assert again != mail.id
    assert row(again).recipient == mail.recipient
    assert row(mail.id).state is WorkState.DONE


def test_a_mail_that_waits_is_cancelled(client):
    mail = queue()
    assert client.post(f"{URL}/{mail.id}/cancel").status_code == 303
    assert row(mail.id).state is WorkState.CANCELLED
    assert "Send anyway" in client.get(f"{URL}/{mail.id}").text


@pytest.mark.parametrize("is_leaving", [True, False])
def test_a_mail_that_is_leaving_or_has_left_is_not_cancelled(client, is_leaving):
    mail = queue()
    if is_leaving:
        mail.leased_until = now() + timedelta(days=9999)
    else:
        mail.state = WorkState.DONE
    db.session.commit()
    answer = client.post(f"{URL}/{mail.id}/cancel")
    assert answer.status_code == 422
    assert "has left, or is leaving" in answer.text
    assert row(mail.id).state is not WorkState.CANCELLED


def test_all_failed_mails_are_tried_again(client):
    ids = [given_up().id for _ in range(3)]
    assert "Try failed mails again" in client.get(URL).text
    assert client.post(f"{URL}/resend-failed").status_code == 303
    assert {row(mail_id).state for mail_id in ids} == {WorkState.WAITING}
    assert "Try failed mails again" not in client.get(URL).text


def test_a_mails_reason_is_told_with_the_servers_words(client):
    page = client.get(f"{URL}/{given_up().id}").text
    assert "refuses the recipient" in page
    assert "no such mailbox" in page


def test_what_mails_say_is_never_shown(client, app):
    mail = queue(template="password_changed", ip="192.0.2.7")
    page = client.get(f"{URL}/{mail.id}").text
    assert "192.0.2.7" not in page
    assert "only for its recipient" in page
    assert client.get(f"{URL}/{mail.id}/content").status_code == 404
    app.config.update(DEMO=True, MAIL_SERVER="mail.iwdemo.fr")
    assert client.get(f"{URL}/{mail.id}/content").status_code == 404


def test_in_a_demo_without_mail_server_the_server_administrator_reads_them(people, client_of, client, app):
    mail = queue(template="password_changed", ip="192.0.2.7")
    app.config["DEMO"] = True
    page = client.get(f"{URL}/{mail.id}").text
    assert "192.0.2.7" in page
    assert "<iframe" in page
    content = client.get(f"{URL}/{mail.id}/content")
    assert "192.0.2.7" in content.text
    policy = content.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "sandbox" in policy
    assert "script" not in policy
    assert content.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert client_of(people.web_admin).get(f"{URL}/{mail.id}/content").status_code == 403


def test_mail_whose_subject_is_gone_says_what_is_known(client, app):
    mail = queue(template="password_link", account_id=0, is_from_administrator=False)
    app.config["DEMO"] = True
    answer = client.get(f"{URL}/{mail.id}/content")
    assert (answer.status_code, answer.location) == (303, f"{URL}/{mail.id}")
    page = client.get(answer.location)
    assert page.status_code == 200
    assert "bt@darnis.com" in page.text
    assert "The subject of this mail no longer exists." in page.text
    assert "<iframe" not in page.text


def test_every_mail_there_is_has_a_name():
    templates = {path.stem for path in Path("app/templates/mails").glob("*.txt")} - {"layout"}
    assert templates <= labels.KINDS.keys()
    assert set(labels.FAILURES) == set(MailFailure)
    assert set(labels.STATES) == set(labels.SIGNS) == set(WorkState)


def test_the_mail_server_is_set(client):
    assert save(client, password="secret").status_code == 303
    assert settings.mail_server() == MailServer(
        "mail.iwdemo.fr", 587, STARTTLS, "chat", "secret", "chat@iwdemo.fr"
    )
    page = client.get(f"{URL}/server").text
    assert "secret" not in page
    assert "A password is saved" in page
    told = " ".join(str(entry.before) + str(entry.after) for entry in db.session.scalars(select(AuditEntry)))
    assert "secret" not in told
    assert "mail.iwdemo.fr" in told


def test_saving_what_is_there_already_changes_nothing(client):
    assert save(client, host="").status_code == 303
    save(client, password="secret")
    entries = db.session.query(AuditEntry).count()
    assert save(client).status_code == 303
    assert db.session.query(AuditEntry).count() == entries
    save(client, port="2525")
    told = [entry.after for entry in db.session.query(AuditEntry).all()[entries:]]
    assert told == ['{"mail_port": "2525"}']


def test_the_password_stays_until_it_is_taken_away(client):
    save(client, password="secret")
    save(client, port="2525")
    assert (settings.mail_server().port, settings.mail_server().password) == (2525, "secret")
    save(client, forgets_password="y")
    assert settings.mail_server().password is None


@pytest.mark.parametrize("changes", [{"host": "elsewhere.example.org"}, {"username": "another"}])
def test_a_password_is_not_sent_elsewhere(client, changes):
    save(client, password="secret")
    answer = save(client, **changes)
    assert answer.status_code == 422
    assert "Type the password again" in answer.text
    assert settings.mail_server().host == "mail.iwdemo.fr"


@pytest.mark.parametrize(
    "changes",
    [
        {"host": "no host"},
        {"port": "99999"},
        {"port": "x"},
        {"protection": "magic"},
        {"sender": "nobody"},
        {"sender": "a b@iwdemo.fr"},
        {"username": "", "password": "x"},
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(client, changes):
    answer = save(client, **changes)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert settings.mail_server() is None


def test_an_empty_host_takes_the_mail_server_away(client):
    save(client, password="secret")
    assert save(client, host="").status_code == 303
    assert settings.mail_server() is None


def test_somebody_elses_change_is_shown_and_not_overwritten(client):
    save(client, port="2525")
    answer = client.post(f"{URL}/server", data={**SERVER, "version": "0", "seen": json.dumps({"port": 587})})
    assert answer.status_code == 422
    assert "Somebody else changed this" in answer.text
    assert settings.mail_server().port == 2525


def test_saving_has_waiting_mails_leave_at_once(client):
    mail = queue()
    mail.due_at = now() + timedelta(days=9999)
    db.session.commit()
    save(client)
    assert row(mail.id).due_at <= now()


def try_out(client, port, **changes):
    data = {"host": "localhost", "port": str(port), "protection": PLAIN, "sender": "chat@iwdemo.fr"}
    data |= {"version": "0", "test_address": "jean@iwdemo.fr", **changes}
    return client.post(f"{URL}/server/test", data=data)


def test_a_test_mail_leaves_while_one_waits_and_the_answer_is_shown(client, files):
    with mail_server(files, protection=STARTTLS, wants_sign_in=True) as (box, port):
        page = try_out(client, port, protection=STARTTLS, username=NAME, password=PASSWORD).text
    assert "The test mail has left" in page
    assert "queued as 1" in page
    assert box.mails[0]["To"] == "jean@iwdemo.fr"
    assert settings.mail_server() is None
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "mail.test")).one()
    assert json.loads(entry.after) == {"host": "localhost", "outcome": "ok"}


def test_a_test_mail_that_does_not_leave_says_why(client, files):
    with mail_server(files, protection=STARTTLS, wants_sign_in=True) as (_box, port):
        page = try_out(client, port, protection=STARTTLS, username=NAME, password="wrong").text
    assert "refuses the user name or the password" in page
    assert "535" in page
    assert "Not reached" in page


def test_the_kept_password_is_used_for_the_test(client, people, files):
    with mail_server(files, protection=STARTTLS, wants_sign_in=True) as (_box, port):
        set_mail_server(
            people.admin, MailServer("localhost", port, STARTTLS, NAME, PASSWORD, "chat@iwdemo.fr")
        )
        assert "has left" in try_out(client, port, protection=STARTTLS, username=NAME).text


@pytest.mark.parametrize("changes", [{"test_address": "nobody"}, {"host": ""}, {"protection": "magic"}])
def test_a_test_that_makes_no_sense_is_told(client, changes):
    assert try_out(client, 25, **changes).status_code == 422


def test_the_test_answers_as_a_fragment(client):
    with mail_server(on_rcpt="550 5.1.1 no such mailbox") as (_box, port):
        data = {"host": "localhost", "port": str(port), "protection": PLAIN, "test_address": "jean@iwdemo.fr"}
        answer = client.fragment(f"{URL}/server/test", "trial", method="POST", data=data)
    assert "no such mailbox" in answer.text
    assert "<html" not in answer.text


def test_what_is_set_here_is_what_the_worker_uses(client):
    mail_jobs._paused_until.clear()
    with mail_server() as (box, port):
        save(client, host="127.0.0.1", port=str(port), protection=PLAIN, username="")
        queue()
        assert mail_jobs.send_next() is True
    assert box.mails[0]["From"] == "TeamChat <chat@iwdemo.fr>"
