"""A domain is deleted: row by row, by name, and what was said stays."""

from datetime import timedelta

import pytest

from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.extensions import db
from app.models import (
    Account,
    AccountState,
    AuditEntry,
    Domain,
    DomainState,
    Group,
    Message,
    Role,
    Room,
    RoomState,
    TaskState,
    now,
)
from app.operations import accounts, domains, messages, tasks
from app.queries.domains import domain_list
from app.queries.groups.members import effective_member_count
from app.queries.listing import ListQuery
from app.rules.rights import scope
from tests.support import factories


@pytest.fixture
def deletable(people):
    """Return a domain of another tenant with an active room and a message in it."""
    group = factories.make_group(people.other_domain, "bavards", has_public_folder=True, has_teamchat=True)
    factories.add_member(group, people.autrui)
    room = factories.make_room(group)
    posted = messages.post_message(people.autrui, room.id, "à garder")
    return people.other_domain, room, posted


def get(model, key):
    return db.session.get(model, key, populate_existing=True)


def test_deletion_keeps_only_messages(people, deletable):
    domain, room, posted = deletable
    task = domains.delete_domain(people.admin, domain, typed_name=" Autre.EXAMPLE ")
    assert get(Domain, domain.id).state is DomainState.SUSPENDED
    assert tasks.run(task.id, seconds=60)
    task = get(type(task), task.id)
    assert (task.state, task.changed_count, task.failed_count) == (TaskState.DONE, 5, 0)
    assert task.total_count == 5
    assert get(Domain, domain.id).state is DomainState.DELETED
    assert get(Account, people.autrui.id).state is AccountState.DELETED
    assert db.session.query(Group).filter_by(domain_id=domain.id).count() == 0
    assert get(Room, room.id).state is RoomState.DELETED
    assert get(Message, posted.message_id).body == "à garder"
    assert [row.domain.name for row in domain_list(people.admin, ListQuery()).rows] == ["iwdemo.fr"]
    with pytest.raises(NotFound):
        scope.find_domain(people.admin, domain.id)
    entry = db.session.query(AuditEntry).filter_by(act="domain.delete").one()
    assert (entry.object_name, entry.domain_id) == ("autre.example", domain.id)


def test_name_and_addresses_of_deleted_domain_are_free(people, deletable):
    task = domains.delete_domain(people.admin, deletable[0], typed_name="autre.example")
    tasks.run(task.id, seconds=60)
    again = domains.create_domain(people.admin, name="autre.example")
    made = accounts.create_account(
        people.admin, again, name="Autrui", alias="autrui", password="tilleul-rivage-boussole-9"
    )
    assert made.address == "autrui@autre.example"


def test_entries_of_whole_domain_are_removed(people, deletable):
    factories.add_member(people.group, deletable[0])
    assert effective_member_count(people.group) == 4
    tasks.run(domains.delete_domain(people.admin, deletable[0], typed_name="autre.example").id, seconds=60)
    assert effective_member_count(people.group) == 2


def test_wrong_name_deletes_nothing(people, deletable):
    with pytest.raises(Invalid) as refusal:
        domains.delete_domain(people.admin, deletable[0], typed_name="iwdemo.fr")
    assert refusal.value.field == "name"
    assert get(Domain, deletable[0].id).state is DomainState.ACTIVE


def test_own_domain_cannot_be_deleted(people):
    with pytest.raises(Invalid) as refusal:
        domains.delete_domain(people.admin, people.domain, typed_name="iwdemo.fr")
    assert refusal.value.code == "own_domain"


@pytest.mark.parametrize("person", ["rivale", "domain_admin", "autrui"])
def test_domain_administrator_and_user_cannot_delete_domain(people, deletable, person):
    with pytest.raises((Forbidden, NotFound)):
        domains.delete_domain(getattr(people, person), deletable[0], typed_name="autre.example")


def test_deleted_domain_cannot_be_deleted_again(people, deletable):
    domains.delete_domain(people.admin, deletable[0], typed_name="autre.example")
    with pytest.raises(Conflict):
        domains.delete_domain(people.web_admin, deletable[0], typed_name="autre.example")


def test_account_that_cannot_be_deleted_keeps_domain(people, deletable):
    domain = deletable[0]
    task = domains.delete_domain(people.web_admin, domain, typed_name="autre.example")
    factories.make_account(domain, "chef", role="server")
    assert tasks.run(task.id, seconds=60)
    task = get(type(task), task.id)
    assert (task.state, task.failed_count) == (TaskState.DONE, 2)
    assert get(Domain, domain.id).state is DomainState.SUSPENDED
    assert scope.find_domain(people.admin, domain.id)


def test_web_administrator_neither_deletes_nor_suspends_domain_of_server_administrator(people, deletable):
    domain = deletable[0]
    chef = factories.make_account(domain, "chef", role="server")
    for act in (
        lambda: domains.delete_domain(people.web_admin, domain, typed_name="autre.example"),
        lambda: domains.update_domain(people.web_admin, domain, {"state": DomainState.SUSPENDED}),
        lambda: domains.update_domain(people.web_admin, domain, {"expires_at": now() + timedelta(days=1)}),
    ):
        with pytest.raises(Forbidden) as refusal:
            act()
        assert refusal.value.code == "higher_role"
    assert get(Domain, domain.id).state is DomainState.ACTIVE
    domains.update_domain(people.web_admin, domain, {"description": "Autre"})
    accounts.set_role(people.admin, chef, Role.USER)
    domains.update_domain(people.web_admin, domain, {"state": DomainState.SUSPENDED})
    assert get(Domain, domain.id).state is DomainState.SUSPENDED


def test_cancelled_deletion_can_be_requested_again(people, deletable):
    task = domains.delete_domain(people.admin, deletable[0], typed_name="autre.example")
    tasks.cancel_task(people.admin, task)
    assert tasks.run(task.id, seconds=60)
    assert get(Account, people.autrui.id).state is AccountState.ENABLED
    again = domains.delete_domain(people.admin, deletable[0], typed_name="autre.example")
    assert tasks.run(again.id, seconds=60)
    assert get(Domain, deletable[0].id).state is DomainState.DELETED
