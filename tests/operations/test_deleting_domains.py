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
from app.queries import directory
from app.queries.directory.listing import ListQuery
from app.rules import scope
from tests import factories


@pytest.fixture
def doomed(cast):
    """The other tenant's domain with a talking group."""
    group = factories.make_group(cast.other_domain, "bavards", has_public_folder=True, has_teamchat=True)
    factories.add_member(group, cast.autrui)
    room = factories.make_room(group)
    said = messages.post_message(cast.autrui, room.id, "à garder")
    return cast.other_domain, room, said


def get(model, key):
    return db.session.get(model, key, populate_existing=True)


def test_everything_goes_and_what_was_said_stays(cast, doomed):
    domain, room, said = doomed
    task = domains.delete_domain(cast.admin, domain, typed_name=" Autre.EXAMPLE ")
    assert get(Domain, domain.id).state is DomainState.SUSPENDED
    assert tasks.run(task.id, seconds=60)
    task = get(type(task), task.id)
    assert (task.state, task.changed_count, task.failed_count) == (TaskState.DONE, 5, 0)
    assert task.total_count == 5
    assert get(Domain, domain.id).state is DomainState.DELETED
    assert get(Account, cast.autrui.id).state is AccountState.DELETED
    assert db.session.query(Group).filter_by(domain_id=domain.id).count() == 0
    assert get(Room, room.id).state is RoomState.DELETED
    assert get(Message, said.message_id).body == "à garder"
    assert [row.domain.name for row in directory.domain_list(cast.admin, ListQuery()).rows] == ["iwdemo.fr"]
    with pytest.raises(NotFound):
        scope.find_domain(cast.admin, domain.id)
    entry = db.session.query(AuditEntry).filter_by(act="domain.delete").one()
    assert (entry.object_name, entry.domain_id) == ("autre.example", domain.id)


def test_the_name_and_the_addresses_are_free_again(cast, doomed):
    task = domains.delete_domain(cast.admin, doomed[0], typed_name="autre.example")
    tasks.run(task.id, seconds=60)
    again = domains.create_domain(cast.admin, name="autre.example")
    made = accounts.create_account(
        cast.admin, again, name="Autrui", alias="autrui", password="tilleul-rivage-boussole-9"
    )
    assert made.address == "autrui@autre.example"


def test_members_by_the_whole_domain_are_no_longer_there(cast, doomed):
    factories.add_member(cast.group, doomed[0])
    assert directory.effective_count(cast.group) == 4
    tasks.run(domains.delete_domain(cast.admin, doomed[0], typed_name="autre.example").id, seconds=60)
    assert directory.effective_count(cast.group) == 2


def test_a_wrong_name_deletes_nothing(cast, doomed):
    with pytest.raises(Invalid) as refusal:
        domains.delete_domain(cast.admin, doomed[0], typed_name="iwdemo.fr")
    assert refusal.value.field == "name"
    assert get(Domain, doomed[0].id).state is DomainState.ACTIVE


def test_nobody_deletes_their_own_domain(cast):
    with pytest.raises(Invalid) as refusal:
        domains.delete_domain(cast.admin, cast.domain, typed_name="iwdemo.fr")
    assert refusal.value.code == "own_domain"


@pytest.mark.parametrize("who", ["rivale", "domain_admin", "autrui"])
def test_others_do_not_delete_domains(cast, doomed, who):
    with pytest.raises((Forbidden, NotFound)):
        domains.delete_domain(getattr(cast, who), doomed[0], typed_name="autre.example")


def test_it_is_deleted_once(cast, doomed):
    domains.delete_domain(cast.admin, doomed[0], typed_name="autre.example")
    with pytest.raises(Conflict):
        domains.delete_domain(cast.web_admin, doomed[0], typed_name="autre.example")


def test_who_may_not_be_deleted_keeps_the_domain(cast, doomed):
    domain = doomed[0]
    task = domains.delete_domain(cast.web_admin, domain, typed_name="autre.example")
    factories.make_account(domain, "chef", role="server")
    assert tasks.run(task.id, seconds=60)
    task = get(type(task), task.id)
    assert (task.state, task.failed_count) == (TaskState.DONE, 2)
    assert get(Domain, domain.id).state is DomainState.SUSPENDED
    assert scope.find_domain(cast.admin, domain.id)


def test_web_administrator_neither_deletes_nor_suspends_domain_of_server_administrator(cast, doomed):
    domain = doomed[0]
    chef = factories.make_account(domain, "chef", role="server")
    for act in (
        lambda: domains.delete_domain(cast.web_admin, domain, typed_name="autre.example"),
        lambda: domains.update_domain(cast.web_admin, domain, {"state": DomainState.SUSPENDED}),
        lambda: domains.update_domain(cast.web_admin, domain, {"expires_at": now() + timedelta(days=1)}),
    ):
        with pytest.raises(Forbidden) as refusal:
            act()
        assert refusal.value.code == "higher_role"
    assert get(Domain, domain.id).state is DomainState.ACTIVE
    domains.update_domain(cast.web_admin, domain, {"description": "Autre"})
    accounts.set_role(cast.admin, chef, Role.USER)
    domains.update_domain(cast.web_admin, domain, {"state": DomainState.SUSPENDED})
    assert get(Domain, domain.id).state is DomainState.SUSPENDED


def test_cancelled_it_leaves_the_rest_and_can_be_asked_for_again(cast, doomed):
    task = domains.delete_domain(cast.admin, doomed[0], typed_name="autre.example")
    tasks.cancel_task(cast.admin, task)
    assert tasks.run(task.id, seconds=60)
    assert get(Account, cast.autrui.id).state is AccountState.ENABLED
    again = domains.delete_domain(cast.admin, doomed[0], typed_name="autre.example")
    assert tasks.run(again.id, seconds=60)
    assert get(Domain, doomed[0].id).state is DomainState.DELETED
