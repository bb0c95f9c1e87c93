"""Export and import of accounts: contents, refusals and scope."""

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Account, AccountState, OutgoingMail, Role, Task, TaskState
from app.operations import imports, tasks
from tests.support.imports import ACCOUNTS as IMPORT
from tests.support.imports import imported, last_task, sent, table_of, tried

PASSWORD = "velours-cartable-18-brume"


@pytest.fixture(autouse=True)
def mail_server(app):
    """People whose password is not in the table are mailed a link to choose one."""
    app.config["MAIL_SERVER"] = "mail.example"


def account(address: str) -> Account | None:
    statement = select(Account).where(Account.address == address)
    return db.session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()


def test_what_is_filtered_is_exported(people, client_of):
    people.paul.state = AccountState.DISABLED
    db.session.commit()
    client = client_of(people.domain_admin)
    url = f"/admin/domains/{people.domain.id}/accounts.csv"
    rows = table_of(client.get(url))
    assert {row["address"] for row in rows} >= {"arthur@iwdemo.fr", "paul@iwdemo.fr"}
    assert [row["address"] for row in table_of(client.get(f"{url}?state=disabled"))] == ["paul@iwdemo.fr"]
    assert rows[0].keys() >= {"name", "role", "state", "language", "teamchat", "last_sign_in"}
    page = client.get(f"/admin/domains/{people.domain.id}/accounts?state=disabled").text
    assert f"{url}?state=disabled" in page


def test_groups_and_domains_are_exported_within_scope(people, client_of):
    client = client_of(people.domain_admin)
    groups = table_of(client.get(f"/admin/domains/{people.domain.id}/groups.csv"))
    assert [row["address"] for row in groups] == ["groupetc@iwdemo.fr"]
    assert [row["name"] for row in table_of(client.get("/admin/domains.csv"))] == ["iwdemo.fr"]
    everything = table_of(client_of(people.admin).get("/admin/domains.csv"))
    assert {"iwdemo.fr", "autre.example"} <= {row["name"] for row in everything}


@pytest.mark.parametrize("what", ["accounts", "groups"])
def test_other_tenants_lists_are_not_exported(people, client_of, what):
    url = f"/admin/domains/{people.other_domain.id}/{what}.csv"
    assert client_of(people.domain_admin).get(url).status_code == 404
    assert client_of(people.arthur).get(url).status_code == 403
    assert client_of(people.web_admin).get(url).status_code == 200


def test_no_spreadsheet_calculates_what_people_wrote(people, client_of):
    people.paul.name = '=HYPERLINK("https://evil.example")'
    db.session.commit()
    client = client_of(people.domain_admin)
    rows = table_of(client.get(f"/admin/domains/{people.domain.id}/accounts.csv?q=paul"))
    assert rows[0]["name"].startswith("'=HYPERLINK")


def test_an_export_imported_again_changes_nothing(people, client_of):
    people.paul.name = "=1+1"
    db.session.commit()
    client = client_of(people.admin)
    exported = client.get(f"/admin/domains/{people.domain.id}/accounts.csv").get_data()
    task, _page = tried(client, people.domain, exported)
    assert (task.changed_count, task.failed_count) == (0, 0)
    assert task.skipped_count == task.total_count


def test_a_table_is_tried_and_then_imported(people, client_of):
    client = client_of(people.domain_admin)
    text = f"address;name;role;password\nzoe@iwdemo.fr;Zoé Petit;;{PASSWORD}\narthur;Arthur P.;domain;\n"
    task, page = tried(client, people.domain, text)
    assert (task.state, task.changed_count, task.failed_count) == (TaskState.DONE, 2, 0)
    assert "Import 2 accounts" in page
    assert account("zoe@iwdemo.fr") is None
    assert account("arthur@iwdemo.fr").name == "arthur"
    done, page = imported(client, task)
    assert (done.state, done.changed_count) == (TaskState.DONE, 2)
    zoe = account("zoe@iwdemo.fr")
    assert (zoe.name, zoe.role, bool(zoe.password_hash)) == ("Zoé Petit", Role.USER, True)
    arthur = account("arthur@iwdemo.fr")
    assert (arthur.name, arthur.role) == ("Arthur P.", Role.DOMAIN)
    again, _page = imported(client, task)
    assert (again.changed_count, again.skipped_count, again.failed_count) == (0, 2, 0)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("autrui@autre.example,X,,,", "is not an address of iwdemo.fr"),
        ("groupetc,X,,,", "already used"),
        ("a b,X,,,", "An alias is made of"),
        ("zoe,,,,", "Give a name."),
        (",X,,,", "The address is missing."),
        ("zoe,Zoé,server,,", "a role above your own"),
        ("admin,Other,,,", "may not change it"),
        ("zoe,Zoé,king,,", "“king” is not known in the column role."),
        ("zoe,Zoé,,,court", "10 characters or more"),
        ("domainadmin,,,disabled,", "lock yourself out"),
        ("zoe,Zoé,,deleted,", "“deleted” is not known"),
        ("zoe,Dupont, Zoé,,,", "“Zoé” is not known in the column role"),
        ("zoe,Zoé,,,,, Dupont", "more cells than there are columns: “Dupont”"),
    ],
)
def test_what_the_form_refuses_is_refused_by_line(people, client_of, row, sentence):
    client = client_of(people.domain_admin)
    text = f"address,name,role,state,password\npaul,Paul B.,,,\n{row}\n"
    task, page = tried(client, people.domain, text)
    assert (task.changed_count, task.failed_count) == (1, 1)
    assert sentence in page
    assert '<td class="is-number" data-label="Line">3</td>' in page
    imported(client, task)
    assert account("paul@iwdemo.fr").name == "Paul B."
    assert account("zoe@iwdemo.fr") is None


def test_a_name_that_is_stored_otherwise_than_written_is_not_changed_again(people, client_of):
    client = client_of(people.domain_admin)
    task, _page = tried(client, people.domain, "address,name\npaul,Paul   B.\n")
    assert imported(client, task)[0].changed_count == 1
    assert imported(client, task)[0].skipped_count == 1


def test_a_second_row_about_somebody_is_refused(people, client_of):
    text = "address,name\npaul,One\nPAUL@iwdemo.fr,Two\npaul,Three\n"
    task, page = tried(client_of(people.domain_admin), people.domain, text)
    assert (task.changed_count, task.failed_count) == (1, 2)
    assert "is already in line 2" in page


@pytest.mark.parametrize(
    ("data", "is_told"),
    [
        ("adresse\tnom\nzoe\tZoé\n".encode(), False),
        ("\ufeffaddress;name\r\nzoe;Zoé\r\n".encode(), False),
        ("address,name\nzoe,Zoé\n".encode("latin-1"), True),
        ("address\tname\nzoe\tZoé\n".encode("utf-16"), False),
        ('"address","name"\n"zoe","Zoé"\n'.encode(), False),
    ],
)
def test_every_usual_encoding_and_separator_is_read(people, client_of, data, is_told):
    client = client_of(people.domain_admin)
    task, page = tried(client, people.domain, data)
    assert ("The file was read as Latin-1" in page) is is_told
    imported(client, task)
    assert account("zoe@iwdemo.fr").name == "Zoé"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "Choose a file"),
        (b"\n \n", "Choose a file"),
        (b"address,name\n", "There are no lines"),
        (b"name,role\nx,y\n", "There is no column"),
        (b"address,colour\nx,y\n", "Unknown columns: colour."),
        (b"address,mail\nx,y\n", "The same column appears twice."),
        (b"PK\x03\x04\x00\x00", "This is not a table"),
    ],
)
def test_what_is_no_table_is_said_at_the_field(people, client_of, text, sentence):
    answer = sent(client_of(people.domain_admin), IMPORT, people.domain.id, text)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert db.session.scalar(select(func.count(Task.id))) == 0


def test_a_pasted_table_is_kept_in_the_form_when_it_is_refused(people, client_of):
    client = client_of(people.domain_admin)
    answer = client.post(IMPORT, data={"domain": people.domain.id, "pasted": "address,colour\nx,y"})
    assert answer.status_code == 422
    assert "address,colour" in answer.text
    answer = client.post(IMPORT, data={"domain": people.domain.id, "pasted": "address,name\npaul,P. B."})
    assert answer.status_code == 303


def test_a_file_may_be_larger_than_a_form_and_not_larger_than_its_own_limit(app, people, client_of):
    client = client_of(people.domain_admin)
    long = "address,name\n" + "paul,Paul B.\n" * 90_000
    assert len(long) > app.config["MAX_CONTENT_LENGTH"]
    task, _page = tried(client, people.domain, long)
    assert task.total_count == 90_000
    app.config["IMPORT_LENGTH"] = 1000
    assert sent(client, IMPORT, people.domain.id, long).status_code == 413


def test_nobody_imports_into_another_tenants_domain(people, client_of):
    client = client_of(people.domain_admin)
    data = {"domain": people.other_domain.id, "pasted": "address,name\nzoe,Zoé"}
    assert client.post(IMPORT, data=data).status_code == 422
    assert client_of(people.arthur).get(IMPORT).status_code == 403
    assert "autre.example" not in client.get(IMPORT).text
    assert "autre.example" in client_of(people.web_admin).get(IMPORT).text


def test_somebody_elses_import_is_not_there(people, client_of):
    task, _page = tried(client_of(people.domain_admin), people.domain, "address,name\nzoe,Zoé\n")
    assert client_of(people.rivale).post(f"/admin/tasks/{task.id}/import").status_code == 404
    assert account("zoe@iwdemo.fr") is None


def test_a_trial_that_was_stopped_has_written_nothing_and_says_so(people, client_of, monkeypatch):
    monkeypatch.setattr("app.blueprints.imports.imports.AT_ONCE", 0)
    client = client_of(people.domain_admin)
    answer = sent(client, IMPORT, people.domain.id, "address,name\npaul,Paul B.\n")
    assert client.post(f"{answer.location}cancel").status_code == 303
    tasks.run(last_task().id, seconds=5)
    page = client.get(answer.location).text
    assert "This check was stopped. Nothing was saved." in page and "is kept" not in page


def test_only_what_was_tried_is_imported(people, client_of, monkeypatch):
    monkeypatch.setattr("app.blueprints.imports.imports.AT_ONCE", 0)
    client = client_of(people.domain_admin)
    task, page = tried(client, people.domain, "address,name\nzoe,Zoé\njo,Jo\n")
    assert "Import 2 accounts" not in page
    assert client.post(f"/admin/tasks/{task.id}/import").status_code == 422
    tasks.run(task.id, seconds=5)
    done, _page = imported(client, task)
    tasks.run(done.id, seconds=5)
    assert account("jo@iwdemo.fr")


def test_two_imports_at_once_make_nobody_twice(people, client_of):
    client = client_of(people.domain_admin)
    task, _page = tried(client, people.domain, "address,name\nzoe,Zoé\njo,Jo\n")
    first, second = (imports.start_import(people.domain_admin, task) for _ in range(2))
    for _ in range(4):
        tasks.run(first.id, seconds=0)
        tasks.run(second.id, seconds=0)
    counts = [db.session.get(Task, one.id, populate_existing=True) for one in (first, second)]
    assert sum(one.changed_count for one in counts) == 2
    assert sum(one.failed_count for one in counts) == 0


def test_what_was_uploaded_is_sealed_and_forgotten(app, people, client_of, monkeypatch):
    client = client_of(people.domain_admin)
    task, _page = tried(client, people.domain, f"address,name,password\nzoe,Zoé,{PASSWORD}\n")
    files = list((app.config["VAR_DIR"] / "imports").iterdir())
    assert files
    assert all(PASSWORD.encode() not in file.read_bytes() for file in files)
    assert {oct(file.stat().st_mode & 0o777) for file in files} == {"0o600"}
    assert PASSWORD not in task.arguments
    monkeypatch.setattr("app.operations.imports.table.KEPT", -1)
    assert imports.forget_files() == len(files)
    assert "Import 1 account" not in client.get(f"/admin/tasks/{task.id}/").text
    assert client.post(f"/admin/tasks/{task.id}/import").status_code == 422


def test_who_has_no_password_in_the_table_is_mailed_a_link(app, people, client_of):
    client = client_of(people.domain_admin)
    task, _page = tried(client, people.domain, "address,name\nzoe,Zoé\n")
    assert db.session.scalar(select(func.count(OutgoingMail.id))) == 0
    imported(client, task)
    assert account("zoe@iwdemo.fr").password_hash is None
    assert db.session.scalars(select(OutgoingMail.template)).all() == ["password_link"]


def test_without_a_mail_server_nobody_is_made_without_a_password(app, people, client_of):
    app.config["MAIL_SERVER"] = ""
    task, _page = tried(client_of(people.domain_admin), people.domain, "address,name\nzoe,Zoé\n")
    assert (task.changed_count, task.failed_count) == (0, 1)


def test_the_model_and_the_menu_lead_to_it(people, client_of):
    client = client_of(people.domain_admin)
    assert IMPORT in client.get("/admin/").text
    assert (
        f"{IMPORT}?domain={people.domain.id}"
        in client.get(f"/admin/domains/{people.domain.id}/accounts").text
    )
    assert (
        client.get("/admin/accounts/import-model.csv")
        .get_data()
        .decode("utf-8-sig")
        .startswith("address,name")
    )
