"""The demo company."""

import pytest

from app.cli.demo import company, demo, filling
from app.extensions import db
from app.models import Account, AuditEntry, Group, Message
from app.queries.rooms import listing
from app.rules.accounts import passwords
from app.rules.rights import access


def run(app, *words: str):
    return app.test_cli_runner().invoke(demo, words)


@pytest.fixture
def filled(app, monkeypatch):
    """Fill the demo company, without the cost of hashing passwords."""
    monkeypatch.setattr(passwords, "hash_password", lambda password: "kept elsewhere")
    app.config["DEMO"] = True
    assert filling.fill()
    return app


def account(alias: str) -> Account:
    return db.session.query(Account).filter_by(address=f"{alias}@{company.DOMAIN}").one()


def test_server_that_is_no_demo_is_not_filled(app):
    answer = run(app, "fill")
    assert answer.exit_code == 1
    assert "not a demo" in answer.output
    assert db.session.query(Account).count() == 0


@pytest.mark.parametrize("person", company.PEOPLE, ids=lambda person: person.alias)
def test_demo_password_passes_the_rules(person):
    assert passwords.password_problem(company.PASSWORD, name=person.name, address=person.address) is None


def test_second_fill_changes_nothing(filled):
    before = [db.session.query(model).count() for model in (Account, Group, Message, AuditEntry)]
    answer = run(filled, "fill")
    assert (answer.exit_code, answer.output) == (0, "The demo company already exists.\n")
    assert [db.session.query(model).count() for model in (Account, Group, Message, AuditEntry)] == before


def test_people_have_the_places_of_the_guide(filled):
    assert account("admin").role == "server"
    for alias in ("arthur", "jean", "claire"):
        assert "groupetc" in {visible.room.group.name for visible in access.visible_rooms(account(alias))}
    assert access.visible_rooms(account("paul")) == []


def test_messages_are_recent_ordered_and_partly_unread(filled):
    messages = db.session.query(Message).order_by(Message.id).all()
    moments = [message.created_at for message in messages]
    assert moments == sorted(moments)
    assert len({moment.date() for moment in moments}) >= 4
    unread = {
        alias: listing.room_list(account(alias)).sections[0].entries[0].unread
        for alias in ("arthur", "jean", "hugo")
    }
    assert unread == {"arthur": 0, "jean": 4, "hugo": None}


def test_who_command_prints_addresses_and_the_password(app):
    output = run(app, "who").output
    assert all(person.address in output for person in company.PEOPLE)
    assert company.PASSWORD in output
