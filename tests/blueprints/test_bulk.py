"""Actions on many accounts: selection, preview, run."""

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Account, AccountState, AuditEntry, EntryKind, MemberEntry, Role, Task, TaskState
from app.operations import tasks

HERE = "/admin/actions/accounts"


def chosen(people, *accounts, **more) -> dict:
    back = f"/admin/domains/{people.domain.id}/accounts"
    return {
        "filter-domain": people.domain.id,
        "back": back,
        "ids": [account.id for account in accounts],
    } | more


def state(account: Account) -> AccountState:
    return db.session.get(Account, account.id, populate_existing=True).state


def test_the_list_offers_its_actions(people, client_of):
    page = client_of(people.domain_admin).get(f"/admin/domains/{people.domain.id}/accounts").text
    assert f'name="ids" value="{people.arthur.id}"' in page
    for action in ("enable", "disable", "mute", "set_role", "set_language", "add_to_group", "delete"):
        assert f'name="action" value="{action}"' in page


def test_the_preview_says_what_changes_and_what_does_not_and_why(people, client_of):
    data = chosen(people, people.arthur, people.admin, people.domain_admin, action="disable")
    answer = client_of(people.domain_admin).post(HERE, data=data)
    assert answer.status_code == 200
    assert "1 account will be disabled." in answer.text
    assert "1 account stays as it is." in answer.text
    assert "arthur@iwdemo.fr" in answer.text
    assert "This account has a higher role than yours." in answer.text
    assert "you would lock yourself out" in answer.text
    assert state(people.arthur) is AccountState.ENABLED


def test_what_is_small_is_done_at_once(people, client_of):
    client = client_of(people.domain_admin)
    data = chosen(people, people.arthur, people.jean, action="disable")
    answer = client.post(f"{HERE}/run", data=data)
    assert answer.status_code == 303
    assert answer.location.endswith(f"/admin/domains/{people.domain.id}/accounts")
    assert {state(people.arthur), state(people.jean), state(people.paul)} == {
        AccountState.DISABLED,
        AccountState.ENABLED,
    }
    acts = db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts == ["task.start", "account.update", "account.update"]


def test_what_was_left_as_it_was_is_told_afterwards(people, client_of):
    client = client_of(people.domain_admin)
    answer = client.post(f"{HERE}/run", data=chosen(people, people.arthur, people.admin, action="mute"))
    task = db.session.scalars(select(Task)).one()
    assert answer.location.endswith(f"/admin/tasks/{task.id}/")
    page = client.get(answer.location).text
    assert "This account has a higher role than yours." in page
    table = client.get(f"/admin/tasks/{task.id}/lines.csv").get_data(as_text=True)
    assert "admin@iwdemo.fr,unchanged,This account has a higher role than yours." in table


def test_all_that_match_means_the_filter_as_it_is_when_it_runs(people, client_of):
    client = client_of(people.domain_admin)
    people.paul.state = AccountState.MUTED
    db.session.commit()
    data = chosen(people, action="disable", all="1") | {"filter-state": "muted"}
    assert "1 account will be disabled." in client.post(HERE, data=data).text
    client.post(f"{HERE}/run", data=data)
    assert (state(people.paul), state(people.arthur)) == (AccountState.DISABLED, AccountState.ENABLED)


def test_what_is_large_goes_on_in_the_worker(people, client_of, monkeypatch):
    monkeypatch.setattr("app.blueprints.bulk.views.AT_ONCE", 0)
    client = client_of(people.domain_admin)
    answer = client.post(
        f"{HERE}/run", data=chosen(people, people.arthur, people.jean, people.paul, action="mute")
    )
    task = db.session.scalars(select(Task)).one()
    assert task.state is TaskState.RUNNING
    assert 'hx-trigger="every 1s"' in client.get(answer.location).text
    assert tasks.run(task.id, seconds=5)
    fragment = client.fragment(answer.location, "progress").text
    assert "hx-trigger" not in fragment
    assert "Done" in fragment


def test_values_are_asked_for_first(people, client_of):
    client = client_of(people.domain_admin)
    asked = client.post(HERE, data=chosen(people, people.arthur, action="set_role"))
    assert "Domain administrator" in asked.text
    assert "Server administrator" not in asked.text
    data = chosen(people, people.arthur, action="set_role") | {"value-role": "domain"}
    assert "1 account will change role." in client.post(HERE, data=data).text
    client.post(f"{HERE}/run", data=data)
    assert db.session.get(Account, people.arthur.id, populate_existing=True).role is Role.DOMAIN


def test_a_role_above_ones_own_cannot_be_chosen(people, client_of):
    data = chosen(people, people.arthur, action="set_role") | {"value-role": "server"}
    for url in (HERE, f"{HERE}/run"):
        assert client_of(people.domain_admin).post(url, data=data).status_code == 422
    assert people.arthur.role is Role.USER


def test_people_are_added_to_a_group_once(people, client_of):
    client = client_of(people.domain_admin)
    data = chosen(people, people.arthur, people.paul, action="add_to_group") | {
        "value-group": people.group.id
    }
    assert "Already a member." in client.post(HERE, data=data).text
    client.post(f"{HERE}/run", data=data)
    entries = select(func.count()).where(
        MemberEntry.group_id == people.group.id, MemberEntry.kind == EntryKind.ACCOUNT
    )
    assert db.session.scalar(entries) == 3


def test_another_tenants_group_is_no_choice(people, client_of):
    data = chosen(people, people.paul, action="add_to_group") | {"value-group": people.other_group.id}
    assert client_of(people.domain_admin).post(f"{HERE}/run", data=data).status_code == 422


@pytest.mark.parametrize("action", ["enable", "disable_teamchat", "set_language", "delete"])
def test_another_tenants_accounts_are_not_there(people, client_of, action):
    client = client_of(people.domain_admin)
    values = {"value-language": "en", "value-owned": "longest", "value-sponsor": "first"}
    data = chosen(people, people.autrui, action=action) | values
    before = people.autrui.row_version
    client.post(f"{HERE}/run", data=data)
    assert "autrui" not in client.post(HERE, data=data).text
    assert db.session.get(Account, people.autrui.id, populate_existing=True).row_version == before
    foreign = data | {"filter-domain": people.other_domain.id}
    assert client.post(HERE, data=foreign).status_code == 404
    assert client.post(f"{HERE}/run", data=foreign).status_code == 404


def test_accounts_are_deleted_with_their_consequence_in_numbers(people, client_of):
    client = client_of(people.domain_admin)
    data = chosen(people, people.arthur, people.jean, action="delete")
    data |= {"value-owned": "longest", "value-sponsor": "first"}
    assert "2 accounts are deleted for good" in client.post(HERE, data=data).text
    client.post(f"{HERE}/run", data=data)
    assert {state(people.arthur), state(people.jean)} == {AccountState.DELETED}


def test_teamchat_is_switched_with_what_it_needs(people, client_of):
    client = client_of(people.domain_admin)
    client.post(f"{HERE}/run", data=chosen(people, people.arthur, action="disable_teamchat"))
    arthur = db.session.get(Account, people.arthur.id, populate_existing=True)
    assert (arthur.has_teamchat, arthur.has_groupware) == (False, True)
    client.post(f"{HERE}/run", data=chosen(people, people.arthur, action="enable_teamchat"))
    assert db.session.get(Account, people.arthur.id, populate_existing=True).has_teamchat


@pytest.mark.parametrize(
    ("data", "status"), [({"ids": []}, 422), ({"action": "nonsense"}, 404), ({"action": ""}, 404)]
)
def test_nothing_chosen_is_said(people, client_of, data, status):
    data = chosen(people, people.arthur, action="disable") | data
    for url in (HERE, f"{HERE}/run"):
        assert client_of(people.domain_admin).post(url, data=data).status_code == status


def test_a_list_nobody_knows_is_not_there(people, client_of):
    assert client_of(people.admin).post("/admin/actions/nonsense", data={}).status_code == 404


@pytest.mark.parametrize(
    "back", ["https://evil.example/admin/", "//evil.example/admin/", "/webmail/", "\\\\x"]
)
def test_nobody_is_led_elsewhere(people, client_of, back):
    data = chosen(people, people.arthur, action="disable", back=back)
    assert client_of(people.admin).post(f"{HERE}/run", data=data).location == "/admin/"


def test_who_administers_nothing_does_not_come_in(people, client_of):
    client = client_of(people.arthur)
    assert client.post(HERE, data=chosen(people, people.paul, action="disable")).status_code == 403
    assert client.get("/admin/tasks/").status_code == 403


def test_tasks_of_others_are_not_there(people, client_of):
    client_of(people.domain_admin).post(
        f"{HERE}/run", data=chosen(people, people.arthur, people.admin, action="mute")
    )
    task = db.session.scalars(select(Task)).one()
    for path in ("", "lines.csv"):
        assert client_of(people.rivale).get(f"/admin/tasks/{task.id}/{path}").status_code == 404
        assert client_of(people.web_admin).get(f"/admin/tasks/{task.id}/{path}").status_code == 200
    assert client_of(people.rivale).post(f"/admin/tasks/{task.id}/cancel").status_code == 404
    assert "May read" not in client_of(people.rivale).get("/admin/tasks/?all=1").text
    assert "May read" in client_of(people.web_admin).get("/admin/tasks/?all=1").text
    assert "May read" not in client_of(people.web_admin).get("/admin/tasks/").text


def test_a_task_is_stopped_from_its_page(people, client_of, monkeypatch):
    monkeypatch.setattr("app.blueprints.bulk.views.AT_ONCE", 0)
    client = client_of(people.domain_admin)
    page = client.post(f"{HERE}/run", data=chosen(people, people.arthur, people.jean, action="mute")).location
    assert client.post(f"{page}cancel").status_code == 303
    task = db.session.scalars(select(Task)).one()
    tasks.run(task.id, seconds=5)
    assert "This task was stopped." in client.get(page).text
    assert client.post(f"{page}cancel").status_code == 422
