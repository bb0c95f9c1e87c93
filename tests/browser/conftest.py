"""Fixtures for tests in a real browser.

MariaDB, Redis, a web worker, nginx with TLS, and the people of the guide.
"""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, sync_playwright

from app.extensions import db
from app.models import Account, Role
from deploy.local import debian, programs
from tests.support import factories
from tests.support.browser.screen import Screen
from tests.support.faults.company import Console
from tests.support.faults.stage import Person, Stage
from tests.support.servers import PrivateMariaDB, PrivateRedis, Proxy, WebWorkers, private_folder

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
)


@dataclass
class Servers:
    """The servers that all tests share."""

    mariadb: PrivateMariaDB
    stage: Stage
    web: WebWorkers
    proxy: Proxy
    console: Console

    def mend(self) -> None:
        """Start again what a test has stopped."""
        if self.web.process.poll() is not None:
            self.web.start()
        if self.proxy.process is None or self.proxy.process.poll() is not None:
            self.proxy.start()
        self.console.do("start_service")


@dataclass(frozen=True)
class Place:
    """A group with its room. arthur and jean are in it, paul is of the same domain."""

    group_id: int
    room_id: int
    arthur: Person
    jean: Person
    paul: Person


@dataclass(frozen=True)
class Administration:
    """A server administrator of arthur's domain, and the ids of its objects."""

    admin: Person
    domain_id: int
    domain: str
    arthur_id: int
    group_id: int


@pytest.fixture(scope="session")
def servers():
    """Start every server once, and stop them at the end."""
    debian.require_nginx()
    folder = private_folder()
    with PrivateMariaDB(folder / "db") as mariadb, PrivateRedis(folder / "redis") as redis:
        url = mariadb.make_database("browser")
        stage = Stage(url, mariadb.socket)
        env = {"DATABASE_URL": url, "REDIS_URL": redis.url, "MESSAGE_BURST": "60"}
        with (
            WebWorkers(1, env, folder / "web") as web,
            Proxy(web, folder / "proxy") as proxy,
            Console(env, stage.administrator(), folder / "console") as console,
        ):
            yield Servers(mariadb, stage, web, proxy, console)
        stage.close()


@pytest.fixture(scope="session")
def chromium():
    """Start the browser; each person gets a context of their own in it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(programs.chromium()), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def place(servers) -> Place:
    """Make a new domain, group and room for each test."""
    return make_place(servers.stage)


@pytest.fixture
def administration(servers, place) -> Administration:
    """Make a server administrator in arthur's domain."""
    with servers.stage.app.app_context():
        domain = db.session.get(Account, place.arthur.id).domain
        admin = factories.make_account(domain, "admin", role=Role.SERVER, language="fr")
        person = Person(admin.id, "admin", 0, "")
        ids = (domain.id, domain.name, place.arthur.id, place.group_id)
    return Administration(servers.stage.second_device(person), *ids)


@pytest.fixture
def screen_of(servers, chromium):
    """Return a function that opens a signed-in screen: screen_of(person, width=…).

    Complaints of the browser fail the test.
    """
    screens = []

    def open_screen(person: Person, width: int = 1440, height: int = 900, **options) -> Screen:
        screens.append(_screen(chromium, servers, person, {"width": width, "height": height}, options))
        return screens[-1]

    yield open_screen
    for screen in screens:
        screen.context.close()
    servers.mend()
    complaints = [complaint for screen in screens for complaint in screen.complaints]
    assert not complaints, complaints


def make_place(stage: Stage) -> Place:
    """Make arthur, jean and paul in a domain of their own, the first two in a group with a room."""
    scene = stage.scene(people=2)
    arthur, jean = (
        stage.french(person, name) for person, name in zip(scene.people, ("arthur", "jean"), strict=True)
    )
    return Place(scene.group_id, scene.room_id, arthur, jean, stage.french(scene.stranger, "paul"))


def _screen(chromium: Browser, servers: Servers, person: Person, viewport: dict, options: dict) -> Screen:
    settings = {"locale": "fr-FR", "timezone_id": "Europe/Paris", "ignore_https_errors": True, **options}
    context = chromium.new_context(viewport=viewport, base_url=servers.proxy.url, **settings)
    screen = Screen(context, person)
    screen.sign_in(person, servers.proxy.url)
    return screen


@pytest.fixture
def both(screen_of, place):
    """Open the room for arthur and for jean."""
    return screen_of(place.arthur).open(place.room_id), screen_of(place.jean).open(place.room_id)


def fill(servers, place, count: int, author=None) -> None:
    """Store messages in the room without the application."""
    from app.models import Room

    with servers.stage.app.app_context():
        room = db.session.get(Room, place.room_id)
        authors = [db.session.get(Account, (author or person).id) for person in (place.arthur, place.jean)]
        for number in range(count):
            factories.make_message(room, authors[number % 2], f"line {room.last_seq + 1}")


def make_room(servers, place, name: str) -> int:
    """Make another room of the group."""
    from app.models import Group

    with servers.stage.app.app_context():
        return factories.make_room(db.session.get(Group, place.group_id), name).id


def room_menu(page, choice: str | None = None) -> None:
    """Open the menu of the room, and choose from it."""
    page.get_by_role("button", name="La salle", exact=True).click()
    if choice:
        page.locator("#room-menu").get_by_text(choice, exact=True).click()
