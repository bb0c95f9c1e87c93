"""bin/run as a newcomer starts it, with two web processes: the demo's people sign in and talk."""

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
    """The demo, shared by the tests in the order in which they stand."""
    running = Run(checkout_in(tmp_path_factory.mktemp("demo")))
    try:
        running.start(WORKERS="2")
        yield running
    finally:
        if running.process.poll() is None:
            running.end()


class Newcomer:
    """Somebody of the demo, at the sign-in page that bin/run has printed."""

    def __init__(self, run: Run, alias: str):
        self.address = re.search(rf"\b({alias}@\S+)", run.said)[1]
        self.site = f"https://localhost:{run.port}"
        self.browser = requests.Session()
        self.browser.trust_env = False
        self.browser.verify = str(run.checkout / "var/tls/ca.pem")

    def sign_in(self, password: str = PASSWORD) -> str:
        """Fill the form in; the page behind it comes back."""
        page = self.browser.get(f"{self.site}/webmail/").text
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)[1]
        data = {"csrf_token": token, "address": self.address, "password": password, "next": "/webmail/"}
        answer = self.browser.post(f"{self.site}/sign-in", data, headers={"Referer": f"{self.site}/sign-in"})
        return answer.text

    @contextmanager
    def talking(self):
        """Their socket, and what it is told."""
        heard = []
        socket = socketio.Client(http_session=self.browser)
        socket.on("message:posted", lambda told: heard.append(told["seq"]))
        socket.connect(self.site, transports=["websocket"])
        try:
            yield socket, heard
        finally:
            socket.disconnect()


def room_of(page: str) -> int:
    """The first room of somebody's list."""
    return int(re.search(r"/webmail/rooms/(\d+)", page)[1])


def test_those_who_may_sign_in_are_named_and_two_of_them_talk(run):
    arthur, jean = Newcomer(run, "arthur"), Newcomer(run, "jean")
    room = {"room_id": room_of(arthur.sign_in())}
    assert f"/webmail/rooms/{room['room_id']}" in jean.sign_in()
    with arthur.talking() as (writing, _), jean.talking() as (reading, heard):
        assert writing.call("room:open", room)["ok"] and reading.call("room:open", room)["ok"]
        posted = {**room, "body": "Bonjour", "client_id": str(uuid.uuid4())}
        answer = writing.call("message:post", posted)
        assert answer["ok"]
        wait_for(lambda: heard == [answer["seq"]], 5)


def test_a_wrong_password_lets_nobody_in(run):
    assert "/webmail/rooms/" not in Newcomer(run, "jean").sign_in("not the password")


def test_every_page_says_that_it_is_a_demo(run):
    somebody = Newcomer(run, "arthur")
    assert 'class="demo-mark"' in somebody.browser.get(f"{somebody.site}/sign-in").text
    assert 'class="demo-mark"' in somebody.sign_in()


def test_a_demo_is_not_served_under_a_public_name(run):
    somebody = Newcomer(run, "arthur")
    answer = somebody.browser.get(f"{somebody.site}/sign-in", headers={"Host": "chat.example.org"})
    assert answer.status_code >= 400
    assert 'name="password"' not in answer.text


def test_one_of_two_web_processes_may_be_lost(run):
    master = run.servers()["gunicorn"]
    wait_for(lambda: len(master.children()) == 2, 20)
    lost = master.children()[0]
    lost.kill()
    wait_for(lambda: len(master.children()) == 2 and lost not in master.children(), 20)
    wait_for(run.is_ready, 20)
    assert run.servers()["gunicorn"] == master


def test_started_again_it_has_kept_what_was_said(run):
    assert run.end() < 5
    run.start(WORKERS="2")
    arthur = Newcomer(run, "arthur")
    page = arthur.sign_in()
    conversation = arthur.browser.get(f"{arthur.site}/webmail/rooms/{room_of(page)}").text
    assert "Bonjour" in conversation
