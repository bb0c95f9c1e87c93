"""bin/run as a newcomer starts it, with two web processes: the demo accounts sign in and exchange messages."""

import re
import uuid
from contextlib import contextmanager

import pytest
import requests
import socketio

from app.cli.demo.company import PASSWORD
from tests.support.faults.running import Run, checkout_in, wait_for

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Start the demo, shared by the tests in their order."""
    running = Run(checkout_in(tmp_path_factory.mktemp("demo")))
    try:
        running.start(WORKERS="2")
        yield running
    finally:
        if running.process.poll() is None:
            running.end()


class DemoPerson:
    """A person of the demo on the sign-in page that bin/run has printed."""

    def __init__(self, run: Run, alias: str):
        self.address = re.search(rf"\b({alias}@\S+)", run.said)[1]
        self.site = f"https://localhost:{run.port}"
        self.browser = requests.Session()
        self.browser.trust_env = False
        self.browser.verify = str(run.checkout / "var/tls/ca.pem")

    def sign_in(self, password: str = PASSWORD) -> str:
        """Sign in with the form, and return the page behind it."""
        page = self.browser.get(f"{self.site}/webmail/").text
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)[1]
        data = {"csrf_token": token, "address": self.address, "password": password, "next": "/webmail/"}
        answer = self.browser.post(f"{self.site}/sign-in", data, headers={"Referer": f"{self.site}/sign-in"})
        return answer.text

    @contextmanager
    def connected(self):
        """Connect the person's socket; yield it with the numbers of the messages it receives."""
        heard = []
        socket = socketio.Client(http_session=self.browser)
        socket.on("message:posted", lambda data: heard.append(data["seq"]))
        socket.connect(self.site, transports=["websocket"])
        try:
            yield socket, heard
        finally:
            socket.disconnect()


def room_of(page: str) -> int:
    """Return the first room of a person's list."""
    return int(re.search(r"/webmail/rooms/(\d+)", page)[1])


def test_demo_accounts_are_printed_and_exchange_messages(run):
    arthur, jean = DemoPerson(run, "arthur"), DemoPerson(run, "jean")
    room = {"room_id": room_of(arthur.sign_in())}
    assert f"/webmail/rooms/{room['room_id']}" in jean.sign_in()
    with arthur.connected() as (writing, _), jean.connected() as (reading, heard):
        assert writing.call("room:open", room)["ok"] and reading.call("room:open", room)["ok"]
        posted = {**room, "body": "Bonjour", "client_id": str(uuid.uuid4())}
        answer = writing.call("message:post", posted)
        assert answer["ok"]
        wait_for(lambda: heard == [answer["seq"]], 5)


def test_wrong_password_is_refused(run):
    assert "/webmail/rooms/" not in DemoPerson(run, "jean").sign_in("not the password")


def test_pages_are_marked_as_a_demo(run):
    person = DemoPerson(run, "arthur")
    assert 'class="demo-mark"' in person.browser.get(f"{person.site}/sign-in").text
    assert 'class="demo-mark"' in person.sign_in()


def test_demo_is_not_served_under_a_public_name(run):
    person = DemoPerson(run, "arthur")
    answer = person.browser.get(f"{person.site}/sign-in", headers={"Host": "chat.example.org"})
    assert answer.status_code >= 400
    assert 'name="password"' not in answer.text


def test_lost_web_process_is_replaced(run):
    master = run.servers()["gunicorn"]
    wait_for(lambda: len(master.children()) == 2, 20)
    lost = master.children()[0]
    lost.kill()
    wait_for(lambda: len(master.children()) == 2 and lost not in master.children(), 20)
    wait_for(run.is_ready, 20)
    assert run.servers()["gunicorn"] == master


@pytest.mark.long
def test_restart_keeps_messages(run):
    assert run.end() < 5
    run.start(WORKERS="2")
    arthur = DemoPerson(run, "arthur")
    page = arthur.sign_in()
    conversation = arthur.browser.get(f"{arthur.site}/webmail/rooms/{room_of(page)}").text
    assert "Bonjour" in conversation
