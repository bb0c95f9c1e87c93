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
from tests.support.browser.rooms import Administration, Place, make_place
from tests.support.browser.screen import Screen
from tests.support.faults.company import Console
from tests.support.faults.workspace import Person, Workspace
from tests.support.servers import PrivateMariaDB, PrivateRedis, Proxy, WebWorkers, private_folder

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
)


@dataclass
class Servers:
    """The servers that all tests share."""

    mariadb: PrivateMariaDB
    workspace: Workspace
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


@pytest.fixture(scope="session")
def servers():
    """Start every server once, and stop them at the end."""
    debian.require_nginx()
    folder = private_folder()
    with PrivateMariaDB(folder / "db") as mariadb, PrivateRedis(folder / "redis") as redis:
        url = mariadb.make_database("browser")
        workspace = Workspace(url, mariadb.socket)
        env = {"DATABASE_URL": url, "REDIS_URL": redis.url, "MESSAGE_BURST": "60"}
        with (
            WebWorkers(1, env, folder / "web") as web,
            Proxy(web, folder / "proxy") as proxy,
            Console(env, workspace.administrator(), folder / "console") as console,
        ):
            yield Servers(mariadb, workspace, web, proxy, console)
        workspace.close()


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
    return make_place(servers.workspace)


@pytest.fixture
def administration(servers, place) -> Administration:
    """Make a server administrator in arthur's domain."""
    with servers.workspace.app.app_context():
        domain = db.session.get(Account, place.arthur.id).domain
        admin = factories.make_account(domain, "admin", role=Role.SERVER, language="fr")
        person = Person(admin.id, "admin", 0, "")
        ids = (domain.id, domain.name, place.arthur.id, place.group_id)
    return Administration(servers.workspace.second_device(person), *ids)


@pytest.fixture
def screen_of(servers, chromium):
    """Return a function that takes a person and a viewport, and opens a signed-in screen.

    Errors on the browser's console fail the test.
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
