"""Operations on accounts by two people at the same moment: links, deletions, cards, roles."""

import pytest

from app.extensions import db
from app.identity import SYSTEM
from app.models import Account, AccountState, ContactCard, Role
from app.operations import accounts
from app.operations.accounts import passwords
from app.rules.accounts import passwords as password_rules
from tests.support import factories
from tests.support.people import make_people
from tests.support.threads import at_once, get, refusals

pytestmark = pytest.mark.fresh
NEW = "velours-cartable-18-brume"


@pytest.fixture
def people(app):
    people = make_people()
    db.session.commit()
    return people


def test_concurrent_use_of_one_link_sets_one_password(app, people):
    passwords.send_requested_link(people.arthur.address)
    token = password_rules.password_link_token(get(Account, people.arthur.id))
    db.session.commit()
    answers = at_once(
        app,
        *(
            lambda number=number: passwords.choose_password(token, f"{NEW}-{number}").id
            for number in range(3)
        ),
    )
    assert len(refusals(answers)) == 2
    db.session.expire_all()
    assert get(Account, people.arthur.id).password_generation == 1


def test_two_server_administrators_cannot_delete_each_other(app, people):
    first, two = people.admin.id, factories.make_account(people.domain, "second", role=Role.SERVER).id
    db.session.commit()

    def delete(actor: int, account: int):
        return lambda: accounts.delete_account(get(Account, actor), get(Account, account)).id

    at_once(app, delete(first, two), delete(two, first))
    administrator_count = (
        db.session.query(Account).filter_by(role=Role.SERVER, state=AccountState.ENABLED).count()
    )
    assert administrator_count == 1


def test_two_server_administrators_cannot_demote_each_other(app, people):
    first, two = people.admin.id, factories.make_account(people.domain, "second", role=Role.SERVER).id
    db.session.commit()
    at_once(
        app,
        lambda: accounts.set_role(SYSTEM, get(Account, first), Role.USER).id,
        lambda: accounts.set_role(SYSTEM, get(Account, two), Role.USER).id,
    )
    assert db.session.query(Account).filter_by(role=Role.SERVER).count() == 1


def test_concurrent_deletion_succeeds_once(app, people):
    admin, arthur = people.admin.id, people.arthur.id
    db.session.commit()
    answers = at_once(
        app,
        *(lambda: accounts.delete_account(get(Account, admin), get(Account, arthur)).id for _ in range(3)),
    )
    assert len(refusals(answers)) == 2


def test_concurrent_first_edits_of_card_conflict(app, people):
    admin, arthur = people.admin.id, people.arthur.id
    db.session.commit()

    def write(city: str):
        return lambda: (
            accounts.update_card(get(Account, admin), get(Account, arthur), {"city": city}, 0).account_id
        )

    answers = at_once(app, write("Paris"), write("Lyon"))
    assert [refusal.code for refusal in refusals(answers)] == ["conflict"]
    assert db.session.query(ContactCard).count() == 1
