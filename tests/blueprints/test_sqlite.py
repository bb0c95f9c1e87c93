"""SQLite: WebAdmin's pages answer, and every entry point refuses to enable TeamChat, with the reason."""

import os
import subprocess
import sys

import pytest
from sqlalchemy import create_engine

from app.blueprints import access_control
from app.errors import Refusal
from app.extensions import db
from app.i18n import in_language
from app.identity import SYSTEM
from app.models import OutgoingMail, now
from app.operations import accounts, domains, groups, rooms, tasks
from app.rules.domains import Feature
from app.rules.rights import access
from tests.support import factories
from tests.support.forms import form_in
from tests.support.people import make_people
from tests.support.routes import address_of, rules
from tests.support.tools import ROOT

DEMO_ONLY = {"mail.show_content"}
MAIL = {"template": "password_changed", "language": "fr", "arguments": "{}", "due_at": now()}
REASON = "TeamChat cannot be enabled on SQLite."


@pytest.fixture
def on_sqlite(built_app, tmp_path):
    """Run the application on its own SQLite file."""
    access.forget()
    with built_app.app_context():
        usual, db.engines[None] = db.engines[None], create_engine(f"sqlite:///{tmp_path}/test.sqlite")
        db.create_all()
        try:
            yield built_app
        finally:
            db.session.remove()
            db.engine.dispose()
            db.engines[None] = usual


@pytest.fixture
def people(on_sqlite):
    """Make the people on imported data: the domain has TeamChat on, arthur and groupetc do not."""
    people = make_people()
    people.arthur.has_teamchat = people.group.has_teamchat = False
    db.session.commit()
    return people


def switched_off(domain):
    domain.has_teamchat = False
    db.session.commit()
    return domain


@pytest.fixture
def admin(on_sqlite, people):
    client = on_sqlite.test_client()
    client.sign_in(people.admin)
    return client


def test_every_page_of_webadmin_answers(on_sqlite, people, admin):
    with on_sqlite.app_context():
        guest_id = factories.make_account(people.domain, "guest", is_guest=True).id
        factories.join_room(people.room, people.arthur)
        mail_id = factories.keep(OutgoingMail(recipient="bt@darnis.com", **MAIL)).id
        task_id = tasks.start_task(people.admin, "accounts.disable", total=0).id
        entry_id = factories.add_member(people.group, people.other_domain).id
    ids = {
        "domain_id": people.domain.id,
        "account_id": people.arthur.id,
        "group_id": people.group.id,
        "guest_id": guest_id,
        "entry_id": entry_id,
        "mail_id": mail_id,
        "task_id": task_id,
        "form": "csv",
        "room_id": people.room.id,
        "kind": "room",
        "place_id": people.room.id,
    }
    behind = (access_control.administrators, access_control.accounts)
    pages = [rule for rule in rules(on_sqlite) if access_control.guard_of(on_sqlite, rule.endpoint) in behind]
    asked = [rule for rule in pages if "GET" in rule.methods and rule.endpoint not in DEMO_ONLY]
    assert len(asked) > 10
    for rule in asked:
        address = address_of(on_sqlite, rule, **ids)
        answer = admin.get(address, follow_redirects=True)
        assert answer.status_code == 200, f"{address} answers {answer.status_code}"


def test_the_dashboard_says_what_sqlite_cannot_do(admin):
    assert REASON in admin.get("/admin/", headers={"Accept-Language": "en"}).text


def test_the_page_of_a_domain_refuses_with_the_reason(people, admin):
    switched_off(people.domain)
    address = f"/admin/domains/{people.domain.id}/properties"
    form = form_in(admin.get(address).text, "version") | {"groupware": "y", "webdav": "y", "teamchat": "y"}
    answer = admin.post(address, data=form)
    assert answer.status_code == 422
    assert REASON in answer.text
    db.session.refresh(people.domain)
    assert not people.domain.has_teamchat


def test_the_page_of_an_account_refuses_with_the_reason(people, admin):
    address = f"/admin/accounts/{people.arthur.id}/"
    form = form_in(admin.get(address).text, "version") | {"groupware": "y", "webdav": "y", "teamchat": "y"}
    answer = admin.post(address, data=form)
    assert answer.status_code == 422
    assert REASON in answer.text
    db.session.refresh(people.arthur)
    assert not people.arthur.has_teamchat


def test_the_page_of_a_group_refuses_with_the_reason(people, admin):
    address = f"/admin/groups/{people.group.id}/"
    form = form_in(admin.get(address).text, "version") | {"has_public_folder": "y", "teamchat": "y"}
    answer = admin.post(address, data=form)
    assert answer.status_code == 422
    assert REASON in answer.text
    db.session.refresh(people.group)
    assert not people.group.has_teamchat


def everything_on() -> dict:
    return dict.fromkeys(Feature, True)


@pytest.mark.parametrize(
    "enable",
    [
        lambda people: domains.set_domain_features(SYSTEM, switched_off(people.domain), everything_on()),
        lambda people: domains.update_domain(
            SYSTEM, switched_off(people.domain), {"features": everything_on()}
        ),
        lambda people: accounts.set_account_features(SYSTEM, people.arthur, everything_on()),
        lambda people: groups.update_group(
            SYSTEM, people.group, {"has_public_folder": True, "has_teamchat": True}
        ),
        lambda people: rooms.enable_teamchat(SYSTEM, people.group),
    ],
    ids=["a domain's switches", "a domain", "an account's switches", "a group", "a group's rooms"],
)
def test_every_operation_refuses_with_the_reason(people, enable):
    with in_language("en"), pytest.raises(Refusal) as refused:
        enable(people)
    assert str(refused.value.sentence) == REASON


def test_the_console_refuses_with_the_reason(on_sqlite, monkeypatch):
    monkeypatch.setitem(on_sqlite.config, "DEMO", True)
    said = on_sqlite.test_cli_runner().invoke(args=["demo", "fill"], env={"LANGUAGE": "en"})
    assert said.exit_code == 1
    assert "SQLite" in said.output


def test_the_console_names_it_among_what_is_not_in_order(on_sqlite):
    said = on_sqlite.test_cli_runner().invoke(args=["doctor"])
    assert said.exit_code == 1
    assert f"FAILURE  database    {REASON}" in said.output


def test_nobody_sees_a_room_even_where_the_switches_are_on(on_sqlite):
    people = make_people()
    assert access.visible_rooms(people.arthur) == []


def test_an_application_starts_on_an_empty_file(tmp_path):
    """Run `flask` without any setting: the tables are made, and the pages answer."""
    said = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app:create_app", "doctor"],
        cwd=ROOT,
        env={
            **os.environ,
            "SECRET_KEY": "x" * 32,
            "VAR_DIR": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{tmp_path}/x.db",
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (tmp_path / "x.db").exists(), said.stderr
    assert "SQLite" in said.stdout


def test_applications_that_start_at_once_on_an_empty_file_make_it_whole(tmp_path):
    start = (
        "from app import create_app; from app.extensions import db; from app.models import Service\n"
        "with create_app().app_context(): print(db.session.query(Service).count())"
    )
    env = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path}/test.sqlite",
        "REDIS_URL": "",
        "SECRET_KEY": "tests",
        "VAR_DIR": str(tmp_path),
    }
    starting = [
        subprocess.Popen([sys.executable, "-c", start], env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert [process.communicate(timeout=60)[0] for process in starting] == ["5\n"] * 3
