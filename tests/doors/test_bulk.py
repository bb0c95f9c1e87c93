"""Actions on many accounts: chosen, looked at, run."""

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Account, AccountState, AuditEntry, EntryKind, MemberEntry, Role, Task, TaskState
from app.operations import tasks

HERE = "/admin/actions/accounts"


def chosen(cast, *accounts, **more) -> dict:
    back = f"/admin/domains/{cast.domain.id}/accounts"
    return {
        "filter-domain": cast.domain.id,
        "back": back,
        "ids": [account.id for account in accounts],
    } | more


def state(account: Account) -> AccountState:
    return db.session.get(Account, account.id, populate_existing=True).state


def test_the_list_offers_its_actions(cast, client_of):
    page = client_of(cast.domain_admin).get(f"/admin/domains/{cast.domain.id}/accounts").text
    assert f'name="ids" value="{cast.arthur.id}"' in page
    for action in ("enable", "disable", "mute", "set_role", "set_language", "add_to_group", "delete"):
        assert f'name="action" value="{action}"' in page


def test_the_preview_says_what_changes_and_what_does_not_and_why(cast, client_of):
    data = chosen(cast, cast.arthur, cast.admin, cast.domain_admin, action="disable")
    answer = client_of(cast.domain_admin).post(HERE, data=data)
    assert answer.status_code == 200
    assert "1 row will change." in answer.text
    assert "arthur@iwdemo.fr" in answer.text
    assert "This account has a higher role than yours." in answer.text
    assert "you would lock yourself out" in answer.text
    assert state(cast.arthur) is AccountState.ENABLED


def test_what_is_small_is_done_at_once(cast, client_of):
    client = client_of(cast.domain_admin)
    data = chosen(cast, cast.arthur, cast.jean, action="disable")
    answer = client.post(f"{HERE}/run", data=data)
    assert answer.status_code == 303
    assert answer.location.endswith(f"/admin/domains/{cast.domain.id}/accounts")
    assert {state(cast.arthur), state(cast.jean), state(cast.paul)} == {
        AccountState.DISABLED,
        AccountState.ENABLED,
    }
    acts = db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts == ["task.start", "account.update", "account.update"]


def test_what_was_left_as_it_was_is_told_afterwards(cast, client_of):
    client = client_of(cast.domain_admin)
    answer = client.post(f"{HERE}/run", data=chosen(cast, cast.arthur, cast.admin, action="mute"))
    task = db.session.scalars(select(Task)).one()
    assert answer.location.endswith(f"/admin/tasks/{task.id}/")
    page = client.get(answer.location).text
    assert "This account has a higher role than yours." in page
    table = client.get(f"/admin/tasks/{task.id}/lines.csv").get_data(as_text=True)
    assert "admin@iwdemo.fr,unchanged,This account has a higher role than yours." in table


def test_all_that_match_means_the_filter_as_it_is_when_it_runs(cast, client_of):
    client = client_of(cast.domain_admin)
    cast.paul.state = AccountState.MUTED
    db.session.commit()
    data = chosen(cast, action="disable", all="1") | {"filter-state": "muted"}
    assert "1 row will change." in client.post(HERE, data=data).text
    client.post(f"{HERE}/run", data=data)
    assert (state(cast.paul), state(cast.arthur)) == (AccountState.DISABLED, AccountState.ENABLED)


def test_what_is_large_goes_on_in_the_worker(cast, client_of, monkeypatch):
    monkeypatch.setattr("app.blueprints.bulk.views.AT_ONCE", 0)
    client = client_of(cast.domain_admin)
    answer = client.post(f"{HERE}/run", data=chosen(cast, cast.arthur, cast.jean, cast.paul, action="mute"))
    task = db.session.scalars(select(Task)).one()
    assert task.state is TaskState.RUNNING
    assert 'hx-trigger="every 1s"' in client.get(answer.location).text
    assert tasks.run(task.id, seconds=5)
    fragment = client.fragment(answer.location, "progress").text
    assert "hx-trigger" not in fragment
    assert "Done" in fragment


def test_values_are_asked_for_first(cast, client_of):
    client = client_of(cast.domain_admin)
    asked = client.post(HERE, data=chosen(cast, cast.arthur, action="set_role"))
    assert "Domain administrator" in asked.text
    assert "Server administrator" not in asked.text
    data = chosen(cast, cast.arthur, action="set_role") | {"value-role": "domain"}
    assert "1 row will change." in client.post(HERE, data=data).text
    client.post(f"{HERE}/run", data=data)
    assert db.session.get(Account, cast.arthur.id, populate_existing=True).role is Role.DOMAIN


def test_a_role_above_ones_own_cannot_be_chosen(cast, client_of):
    data = chosen(cast, cast.arthur, action="set_role") | {"value-role": "server"}
    for url in (HERE, f"{HERE}/run"):
        assert client_of(cast.domain_admin).post(url, data=data).status_code == 422
    assert cast.arthur.role is Role.USER


def test_people_are_added_to_a_group_once(cast, client_of):
    client = client_of(cast.domain_admin)
    data = chosen(cast, cast.arthur, cast.paul, action="add_to_group") | {"value-group": cast.group.id}
    assert "Is a member already." in client.post(HERE, data=data).text
    client.post(f"{HERE}/run", data=data)
    entries = select(func.count()).where(
        MemberEntry.group_id == cast.group.id, MemberEntry.kind == EntryKind.ACCOUNT
    )
    assert db.session.scalar(entries) == 3


def test_another_tenants_group_is_no_choice(cast, client_of):
    data = chosen(cast, cast.paul, action="add_to_group") | {"value-group": cast.other_group.id}
    assert client_of(cast.domain_admin).post(f"{HERE}/run", data=data).status_code == 422


@pytest.mark.parametrize("action", ["enable", "disable_teamchat", "set_language", "delete"])
def test_another_tenants_accounts_are_not_there(cast, client_of, action):
    client = client_of(cast.domain_admin)
    values = {"value-language": "en", "value-owned": "longest", "value-sponsor": "first"}
    data = chosen(cast, cast.autrui, action=action) | values
    before = cast.autrui.row_version
    client.post(f"{HERE}/run", data=data)
    assert "autrui" not in client.post(HERE, data=data).text
    assert db.session.get(Account, cast.autrui.id, populate_existing=True).row_version == before
    foreign = data | {"filter-domain": cast.other_domain.id}
    assert client.post(HERE, data=foreign).status_code == 404
    assert client.post(f"{HERE}/run", data=foreign).status_code == 404


def test_accounts_are_deleted_with_their_consequence_in_numbers(cast, client_of):
    client = client_of(cast.domain_admin)
    data = chosen(cast, cast.arthur, cast.jean, action="delete")
    data |= {"value-owned": "longest", "value-sponsor": "first"}
    assert "2 accounts are deleted for good" in client.post(HERE, data=data).text
    client.post(f"{HERE}/run", data=data)
    assert {state(cast.arthur), state(cast.jean)} == {AccountState.DELETED}


def test_teamchat_is_switched_with_what_it_needs(cast, client_of):
    client = client_of(cast.domain_admin)
    client.post(f"{HERE}/run", data=chosen(cast, cast.arthur, action="disable_teamchat"))
    arthur = db.session.get(Account, cast.arthur.id, populate_existing=True)
    assert (arthur.has_teamchat, arthur.has_groupware) == (False, True)
    client.post(f"{HERE}/run", data=chosen(cast, cast.arthur, action="enable_teamchat"))
    assert db.session.get(Account, cast.arthur.id, populate_existing=True).has_teamchat


@pytest.mark.parametrize(
    ("data", "status"), [({"ids": []}, 422), ({"action": "nonsense"}, 404), ({"action": ""}, 404)]
)
def test_nothing_chosen_is_said(cast, client_of, data, status):
    data = chosen(cast, cast.arthur, action="disable") | data
    for url in (HERE, f"{HERE}/run"):
        assert client_of(cast.domain_admin).post(url, data=data).status_code == status


def test_a_list_nobody_knows_is_not_there(cast, client_of):
    assert client_of(cast.admin).post("/admin/actions/nonsense", data={}).status_code == 404


@pytest.mark.parametrize(
    "back", ["https://evil.example/admin/", "//evil.example/admin/", "/webmail/", "\\\\x"]
)
def test_nobody_is_led_elsewhere(cast, client_of, back):
    data = chosen(cast, cast.arthur, action="disable", back=back)
    assert client_of(cast.admin).post(f"{HERE}/run", data=data).location == "/admin/"


def test_who_administers_nothing_does_not_come_in(cast, client_of):
    client = client_of(cast.arthur)
    assert client.post(HERE, data=chosen(cast, cast.paul, action="disable")).status_code == 403
    assert client.get("/admin/tasks/").status_code == 403


def test_tasks_of_others_are_not_there(cast, client_of):
    client_of(cast.domain_admin).post(
        f"{HERE}/run", data=chosen(cast, cast.arthur, cast.admin, action="mute")
    )
    task = db.session.scalars(select(Task)).one()
    for path in ("", "lines.csv"):
        assert client_of(cast.rivale).get(f"/admin/tasks/{task.id}/{path}").status_code == 404
        assert client_of(cast.web_admin).get(f"/admin/tasks/{task.id}/{path}").status_code == 200
    assert client_of(cast.rivale).post(f"/admin/tasks/{task.id}/cancel").status_code == 404
    assert "May read" not in client_of(cast.rivale).get("/admin/tasks/?all=1").text
    assert "May read" in client_of(cast.web_admin).get("/admin/tasks/?all=1").text
    assert "May read" not in client_of(cast.web_admin).get("/admin/tasks/").text


def test_a_task_is_stopped_from_its_page(cast, client_of, monkeypatch):
    monkeypatch.setattr("app.blueprints.bulk.views.AT_ONCE", 0)
    client = client_of(cast.domain_admin)
    page = client.post(f"{HERE}/run", data=chosen(cast, cast.arthur, cast.jean, action="mute")).location
    assert client.post(f"{page}cancel").status_code == 303
    task = db.session.scalars(select(Task)).one()
    tasks.run(task.id, seconds=5)
    assert "This task was stopped." in client.get(page).text
    assert client.post(f"{page}cancel").status_code == 422
