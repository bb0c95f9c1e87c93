"""A guest's whole path through mails alone: both are sent over SMTP, and their links are followed."""

import re
from urllib.parse import urlsplit

import pytest

from app.jobs import mail as mail_jobs
from app.operations import guests
from tests.support import factories
from tests.support.mail_server import NAME, PASSWORD, certificate, mail_server

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")

CHOSEN = "une phrase bien à moi"
FORM = {"name": "Bruno Tessier", "password": CHOSEN, "confirmation": CHOSEN}


@pytest.fixture
def box(app, tmp_path, monkeypatch):
    """Run a mail server that requires STARTTLS, a name and a password, and send mails to it."""
    files = certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
    mail_jobs._paused_until.clear()
    with mail_server(files, protection="starttls", wants_sign_in=True) as (box, port):
        app.config.update(MAIL_SERVER="localhost", MAIL_PORT=port, MAIL_USE_TLS=True)
        app.config.update(MAIL_USERNAME=NAME, MAIL_PASSWORD=PASSWORD, MAIL_DEFAULT_SENDER="chat@iwdemo.fr")
        yield box


def next_link(box, to: str, page: str) -> str:
    """Return the only link to a page in the next mail, the same in text and HTML."""
    assert mail_jobs.send_next()
    mail = box.mails[-1]
    assert mail["To"] == to
    found = {
        kind: set(re.findall(rf"https://[^\s\"<>]+{page}[^\s\"<>]+", mail.get_body((kind,)).get_content()))
        for kind in ("plain", "html")
    }
    assert found["plain"] == found["html"]
    (link,) = found["plain"]
    return urlsplit(link).path


def test_from_the_dialog_to_the_room_by_mail(people, client_of, visitor, box):
    invited = {"addresses": "Bruno <bt@darnis.com>", "language": "fr"}
    assert (
        client_of(people.arthur).post(f"/webmail/rooms/{people.room.id}/invite", data=invited).status_code
        == 303
    )
    page = next_link(box, "bt@darnis.com", "/join/")
    assert "Se joindre à notre TeamChat" in visitor.get(page).text
    assert visitor.post(page, data=FORM).status_code == 303
    early = visitor.post("/sign-in", data={"address": "bt@darnis.com", "password": CHOSEN})
    assert early.status_code == 422
    confirm = next_link(box, "bt@darnis.com", "/join/confirm/")
    assert visitor.post(confirm).location == "/join/confirmed"
    signed_in = visitor.post("/sign-in", data={"address": "bt@darnis.com", "password": CHOSEN})
    assert signed_in.location == "/webmail/"
    assert "TeamChat" in visitor.get("/webmail/").text
    assert visitor.get(f"/webmail/rooms/{people.room.id}").status_code == 200
    assert len(box.mails) == 2 and not mail_jobs.send_next()


def test_a_known_guest_comes_in_by_the_second_invitation_alone(people, visitor, box):
    guests.invite_guests(people.arthur, people.room, "bt@darnis.com")
    visitor.post(next_link(box, "bt@darnis.com", "/join/"), data=FORM)
    visitor.post(next_link(box, "bt@darnis.com", "/join/confirm/"))
    room = factories.make_private_room(people.jean, name="Autre")
    guests.invite_guests(people.jean, room, "bt@darnis.com")
    page = next_link(box, "bt@darnis.com", "/join/")
    assert "Rejoindre l’équipe" in box.mails[-1].get_body(("html",)).get_content()
    assert visitor.post(f"{page}/enter").location.endswith(f"/webmail/rooms/{room.id}")
