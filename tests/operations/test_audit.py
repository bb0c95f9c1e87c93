"""Audit entries: actor, source and change; never the text of messages."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.extensions import db
from app.identity import SYSTEM, Origin, set_origin
from app.models import AuditEntry, Role
from app.operations import audit, domains, groups, messages
from app.transaction import operation

SECRET_WORDS = "words that were said in a room"


@operation
def note(actor, subject=None, **about):
    audit.record(actor, "thing.change", subject, **about)


@pytest.fixture
def from_somewhere():
    set_origin(Origin(ip="192.0.2.7", request_id="request-1", session_id=3))
    yield
    set_origin(Origin())


def last() -> AuditEntry:
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()


def test_entry_names_actor_object_and_address(people, from_somewhere):
    note(people.admin, people.group)
    entry = last()
    assert (entry.act, entry.actor_id, entry.actor_name) == (
        "thing.change",
        people.admin.id,
        "admin@iwdemo.fr",
    )
    assert (entry.object_kind, entry.object_id, entry.object_name) == (
        "group",
        people.group.id,
        "groupetc@iwdemo.fr",
    )
    assert (entry.domain_id, entry.origin, entry.request_id) == (people.domain.id, "192.0.2.7", "request-1")


def test_entry_about_domain_belongs_to_that_domain(people):
    note(people.admin, people.domain)
    assert (last().object_kind, last().object_name, last().domain_id) == (
        "domain",
        "iwdemo.fr",
        people.domain.id,
    )


def test_entry_of_server_has_no_actor(people):
    note(SYSTEM)
    assert (last().actor_id, last().actor_name, last().object_kind) == (None, "system", "server")


def test_entry_can_name_deleted_object(people):
    note(people.admin, kind="account", id=99, name="gone@iwdemo.fr", domain_id=people.domain.id)
    assert (last().object_kind, last().object_id, last().object_name) == ("account", 99, "gone@iwdemo.fr")


def test_entry_keeps_values_as_typed(people):
    moment = datetime(2030, 1, 2, tzinfo=UTC)
    note(
        people.admin,
        people.group,
        before={"name": "été"},
        after={"role": Role.DOMAIN, "until": moment, "seats": 5},
    )
    assert json.loads(last().before) == {"name": "été"}
    assert json.loads(last().after) == {"role": "domain", "until": "2030-01-02T00:00:00+00:00", "seats": 5}


def test_entry_contains_only_changed_values(people):
    before, after = audit.changes(people.group, {"name": "groupetc", "description": "New"})
    assert (before, after) == ({"description": None}, {"description": "New"})


def test_audit_log_contains_no_message_text(people):
    posted = messages.post_message(people.arthur, people.room.id, SECRET_WORDS)
    messages.edit_message(people.arthur, posted.message_id, SECRET_WORDS + " again")
    groups.update_group(people.admin, people.group, {"description": "Changed"})
    domains.update_domain(people.admin, people.domain, {"description": "Changed"})
    entries = db.session.scalars(select(AuditEntry)).all()
    assert len(entries) == 2
    assert not any(SECRET_WORDS in f"{entry.before}{entry.after}{entry.object_name}" for entry in entries)
