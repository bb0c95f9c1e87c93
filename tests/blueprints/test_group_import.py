"""Groups from a file: tried, told line by line, imported within one's scope."""

import itertools
import re

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import EntryKind, Group, MemberEntry, Room, Task, TaskState
from app.operations import tasks
from app.queries.groups.listing import groups_inside
from tests.support import factories
from tests.support.imports import GROUPS, imported, sent, table_of, tried

HEAD = "address,name,description,public_folder,teamchat,members"


def group(address: str) -> Group | None:
    statement = select(Group).where(Group.address == address)
    return db.session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()


def entries(address: str) -> list[str]:
    """Return the entries of a group's member list, by name."""
    found = db.session.scalars(select(MemberEntry).where(MemberEntry.group_id == group(address).id))
    names = {
        EntryKind.ACCOUNT: lambda entry: entry.account.address,
        EntryKind.DOMAIN: lambda entry: entry.domain.name,
        EntryKind.GROUP: lambda entry: entry.inner_group.address,
    }
    return sorted(names[entry.kind](entry) for entry in found)


def counts(task) -> tuple[int, int, int]:
    return task.changed_count, task.skipped_count, task.failed_count


def everything() -> list[int]:
    return [db.session.scalar(select(func.count()).select_from(one)) for one in (Group, MemberEntry, Room)]


def test_a_table_is_tried_and_then_imported(people, client_of):
    client, before = client_of(people.domain_admin), everything()
    text = (
        f"{HEAD}\n"
        "projet@iwdemo.fr,Projet X,Ce qui presse,yes,yes,arthur@iwdemo.fr paul@iwdemo.fr\n"
        'groupetc,Groupe TC,,,,"paul@iwdemo.fr; projet@iwdemo.fr, @iwdemo.fr"\n'
        "vide,Vide,,no,,\n"
    )
    task, page = tried(client, people.domain, text, GROUPS)
    assert (task.kind, task.state) == ("groups.check_import", TaskState.DONE)
    assert counts(task) == (3, 0, 0) and "Import 3 groups" in page
    assert everything() == before and group("groupetc@iwdemo.fr").name == "groupetc", "nothing is written yet"
    done, page = imported(client, task)
    assert (done.kind, done.state, counts(done)) == ("groups.import", TaskState.DONE, (3, 0, 0))
    projet = group("projet@iwdemo.fr")
    assert (projet.name, projet.description) == ("Projet X", "Ce qui presse")
    assert projet.has_public_folder and projet.has_teamchat
    assert entries("projet@iwdemo.fr") == ["arthur@iwdemo.fr", "paul@iwdemo.fr"]
    assert group("groupetc@iwdemo.fr").name == "Groupe TC"
    inside = ["arthur@iwdemo.fr", "iwdemo.fr", "jean@iwdemo.fr", "paul@iwdemo.fr", "projet@iwdemo.fr"]
    assert entries("groupetc@iwdemo.fr") == inside, "members are added, and nobody is removed"
    after = everything()
    assert counts(imported(client, task)[0]) == (0, 3, 0)
    assert everything() == after


def test_an_export_imported_again_changes_nothing(people, client_of):
    people.group.description = "=1+1"
    db.session.commit()
    client = client_of(people.admin)
    exported = client.get(f"/admin/domains/{people.domain.id}/groups.csv").get_data()
    assert counts(tried(client, people.domain, exported, GROUPS)[0]) == (0, 1, 0)


def test_both_languages_heads_are_read(people, client_of):
    client = client_of(people.domain_admin)
    text = (
        "Adresse;Nom;Description;Dossier public;TeamChat;Membres\n"
        "equipe;Équipe;Ceux d'ici;oui;non;paul@iwdemo.fr,jean@iwdemo.fr\n"
    )
    task, _page = tried(client, people.domain, text, GROUPS)
    imported(client, task)
    equipe = group("equipe@iwdemo.fr")
    assert (equipe.name, equipe.has_public_folder, equipe.has_teamchat) == ("Équipe", True, False)
    assert entries("equipe@iwdemo.fr") == ["jean@iwdemo.fr", "paul@iwdemo.fr"]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("ailleurs@autre.example,X,,,,", "is not an address of iwdemo.fr"),
        ("arthur,X,,,,", "already used"),
        ("a b,X,,,,", "An alias is made of"),
        ("neuf,,,,,", "Give a name."),
        (",X,,,,", "The address is missing."),
        ("neuf," + "n" * 201 + ",,,,", "200 characters at most."),
        ("neuf,Neuf," + "d" * 501 + ",,,", "500 characters at most."),
        ("neuf,Neuf,,perhaps,,", "“perhaps” is not known in the column public_folder."),
        ("neuf,Neuf,,,maybe,", "“maybe” is not known in the column teamchat."),
        ("neuf,Neuf,,,yes,", "TeamChat needs the public folder"),
        ("sallesdites,,,no,,", "TeamChat needs the public folder"),
        ("neuf,Neuf,,,,nobody@iwdemo.fr paul@iwdemo.fr", "unknown on this server: nobody@iwdemo.fr"),
        ("neuf,Neuf,,,,autrui@autre.example", "unknown on this server: autrui@autre.example"),
        ("neuf,Neuf,,,,@autre.example", "unknown on this server: autre.example"),
        ("neuf,Neuf,,,,invite@ailleurs.example", "unknown on this server: invite@ailleurs.example"),
        ("neuf,Neuf,,,,neuf@iwdemo.fr", "neuf@iwdemo.fr → neuf@iwdemo.fr"),
        ("dedans,,,,,groupetc@iwdemo.fr", "dedans@iwdemo.fr → groupetc@iwdemo.fr → dedans@iwdemo.fr"),
        ("sallesdites,Nouveau nom,,,,nobody@iwdemo.fr", "unknown on this server"),
        ("bon,Encore,,,,", "is already in line 2"),
    ],
)
def test_what_the_page_refuses_is_refused_by_line(people, client_of, row, sentence):
    factories.add_member(people.group, factories.make_group(people.domain, "dedans"))
    factories.make_group(people.domain, "sallesdites", has_public_folder=True, has_teamchat=True)
    factories.make_account(people.domain, "Invite", address="invite@ailleurs.example", is_guest=True)
    client, before = client_of(people.domain_admin), everything()
    task, page = tried(client, people.domain, f"{HEAD}\nbon,Bon,,,,\n{row}\n", GROUPS)
    assert counts(task) == (1, 0, 1)
    assert sentence in page
    assert '<td class="is-number" data-label="Line">3</td>' in page
    assert everything() == before
    assert counts(imported(client, task)[0]) == (1, 0, 1)
    assert group("bon@iwdemo.fr").name == "Bon" and group("neuf@iwdemo.fr") is None
    assert group("sallesdites@iwdemo.fr").name == "sallesdites", "a refused row is not half done"
    assert everything() == [before[0] + 1, *before[1:]]


def test_what_the_domain_has_not_its_groups_have_not(people, client_of):
    people.domain.has_teamchat = False
    db.session.commit()
    task, page = tried(
        client_of(people.domain_admin), people.domain, f"{HEAD}\nneuf,Neuf,,yes,yes,\n", GROUPS
    )
    assert counts(task) == (0, 0, 1)
    assert "TeamChat is off for the domain iwdemo.fr." in page


def test_groups_of_one_table_are_made_from_the_inside(people, client_of):
    client = client_of(people.domain_admin)
    text = (
        "address,name,members\n"
        "tout,Tout,partie@iwdemo.fr sans.nom@iwdemo.fr\n"
        "haut,Haut,milieu@iwdemo.fr\nmilieu,Milieu,bas@iwdemo.fr\nbas,Bas,\n"
        "groupetc,,bas@iwdemo.fr\nsans.nom,,\n"
    )
    task, page = tried(client, people.domain, text, GROUPS)
    assert counts(task) == (4, 0, 2), "what another row makes is taken for granted"
    assert "unknown on this server: partie@iwdemo.fr, sans.nom@iwdemo.fr" in page
    assert counts(imported(client, task)[0]) == (4, 0, 2)
    assert entries("haut@iwdemo.fr") == ["milieu@iwdemo.fr"]
    assert entries("milieu@iwdemo.fr") == ["bas@iwdemo.fr"]
    assert "bas@iwdemo.fr" in entries("groupetc@iwdemo.fr")
    assert counts(imported(client, task)[0]) == (0, 4, 2)


def test_a_circle_within_a_table_is_named(people, client_of):
    factories.make_group(people.domain, "un")
    factories.make_group(people.domain, "deux")
    client = client_of(people.domain_admin)
    text = "address,members\nun,deux@iwdemo.fr\ndeux,un@iwdemo.fr\n"
    task, page = tried(client, people.domain, text, GROUPS)
    assert counts(task) == (1, 0, 1)
    assert "deux@iwdemo.fr → un@iwdemo.fr → deux@iwdemo.fr" in page
    assert counts(imported(client, task)[0]) == (1, 0, 1)
    assert (entries("un@iwdemo.fr"), entries("deux@iwdemo.fr")) == (["deux@iwdemo.fr"], [])


@pytest.mark.parametrize("rows", [("un,trois", "deux,quatre"), ("deux,quatre", "un,trois")])
def test_a_circle_through_what_is_there_already_is_found_while_it_is_tried(people, client_of, rows):
    groups = [factories.make_group(people.domain, name) for name in ("un", "deux", "trois", "quatre")]
    un, deux, trois, quatre = groups
    factories.add_member(trois, deux)
    factories.add_member(quatre, un)
    client = client_of(people.domain_admin)
    text = "address,members\n" + "".join(f"{row}@iwdemo.fr\n" for row in rows)
    task, page = tried(client, people.domain, text, GROUPS)
    assert counts(task) == (1, 0, 1)
    ways = re.findall(r"[^\s<]+(?: → [^\s<]+)+", page)
    assert [sorted(way.split(" → ")[1:]) for way in ways] == [sorted(one.address for one in groups)]
    assert counts(imported(client, task)[0]) == (1, 0, 1)


def test_nesting_that_is_there_costs_a_statement_for_each_level(people, count_statements):
    chain = factories.make_groups([(people.domain, f"niveau{number}", {}) for number in range(6)])
    for outer, inner in itertools.pairwise(chain):
        factories.add_member(outer, inner)
    with count_statements() as seen:
        assert len(groups_inside([chain[0].address, "nobody@iwdemo.fr", "iwdemo.fr"])) == 5
    assert len(seen) == 6


def test_server_wide_administrators_bring_in_other_domains(people, client_of):
    text = "address,members\ngroupetc,autrui@autre.example ailleurs@autre.example @autre.example\n"
    task, _page = tried(client_of(people.web_admin), people.domain, text, GROUPS)
    imported(client_of(people.web_admin), task)
    assert {"autrui@autre.example", "ailleurs@autre.example", "autre.example"} < set(
        entries("groupetc@iwdemo.fr")
    )


def test_other_tenants_domains_do_not_exist(people, client_of):
    client = client_of(people.domain_admin)
    answer = sent(client, GROUPS, people.other_domain.id, "address,name\nneuf,Neuf\n")
    assert answer.status_code == 422 and "autre.example" not in answer.text
    forged = [sent(client, GROUPS, one, "address,name\nx,X\n") for one in ("999999", "x", "")]
    assert [answer.status_code for answer in forged] == [422] * 3
    assert "autre.example" not in client.get(GROUPS).text
    assert "autre.example" in client_of(people.web_admin).get(GROUPS).text
    assert db.session.scalar(select(func.count(Task.id))) == 0


def test_who_administers_nothing_imports_nothing(people, client_of):
    client = client_of(people.arthur)
    assert client.get(GROUPS).status_code == 403
    assert sent(client, GROUPS, people.domain.id, "address,name\nneuf,Neuf\n").status_code == 403
    assert client.get("/admin/groups/import-model.csv").status_code == 403


def test_somebody_elses_import_is_not_there(people, client_of):
    task, _page = tried(client_of(people.domain_admin), people.domain, "address,name\nneuf,Neuf\n", GROUPS)
    assert client_of(people.rivale).post(f"/admin/tasks/{task.id}/import").status_code == 404
    assert client_of(people.rivale).get(f"/admin/tasks/{task.id}/").status_code == 404
    assert group("neuf@iwdemo.fr") is None


def test_the_worker_goes_on_when_one_leaves(people, client_of, monkeypatch):
    monkeypatch.setattr("app.blueprints.imports.imports.AT_ONCE", 0)
    client = client_of(people.domain_admin)
    task, _page = tried(client, people.domain, "address,name\nun,Un\ndeux,Deux\ntrois,Trois\n", GROUPS)
    assert client.post(f"/admin/tasks/{task.id}/import").status_code == 422, "it is not tried to the end yet"
    tasks.run(task.id, seconds=5)
    done, _page = imported(client, task)
    assert not done.is_over
    tasks.run(done.id, seconds=5)
    assert all(group(f"{name}@iwdemo.fr") for name in ("un", "deux", "trois"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Choose a file"),
        ("address,name\n", "There are no lines"),
        ("name,members\nx,y\n", "There is no column"),
        ("address,role\nx,user\n", "Unknown columns: role."),
        ("address,nom,name\nx,y,z\n", "The same column appears twice."),
        (b"PK\x03\x04\x00\x00", "This is not a table"),
    ],
)
def test_what_is_no_table_is_said_at_the_field(people, client_of, text, sentence):
    answer = sent(client_of(people.domain_admin), GROUPS, people.domain.id, text)
    assert answer.status_code == 422 and sentence in answer.text
    assert db.session.scalar(select(func.count(Task.id))) == 0


def test_a_file_may_be_larger_than_a_form(app, people, client_of):
    long = "address,description\n" + f"groupetc,{'d' * 400}\n" * 4_000
    assert len(long) > app.config["MAX_CONTENT_LENGTH"]
    client = client_of(people.domain_admin)
    assert tried(client, people.domain, long, GROUPS)[0].total_count == 4_000
    app.config["IMPORT_LENGTH"] = 1000
    assert sent(client, GROUPS, people.domain.id, long).status_code == 413


def test_the_list_the_menu_and_the_model_lead_to_it(people, client_of):
    client = client_of(people.domain_admin)
    home = client.get("/admin/").text
    assert "Import accounts" in home and "Import groups" in home and GROUPS in home
    assert (
        f"{GROUPS}?domain={people.domain.id}" in client.get(f"/admin/domains/{people.domain.id}/groups").text
    )
    page = client.get(f"{GROUPS}?domain={people.domain.id}").text
    assert "/admin/groups/import-model.csv" in page and "<code>members</code>" in page
    answer = client.get("/admin/groups/import-model.csv")
    assert answer.get_data().decode("utf-8-sig").strip() == HEAD
    assert table_of(answer) == []


def test_each_row_through_one_nesting_is_refused_while_tried_as_when_done(people, client_of):
    a, _b, _c, d = [factories.make_group(people.domain, name) for name in "abcd"]
    factories.add_member(d, a)
    text = "address,members\na,b@iwdemo.fr c@iwdemo.fr\nb,d@iwdemo.fr\nc,d@iwdemo.fr\n"
    client = client_of(people.domain_admin)
    task, _page = tried(client, people.domain, text, GROUPS)
    assert counts(task) == (1, 0, 2)
    assert counts(imported(client, task)[0]) == (1, 0, 2)


def test_who_adds_nothing_new_closes_no_circle(people, client_of):
    a, b, c = [factories.make_group(people.domain, name) for name in "abc"]
    factories.add_member(a, b)
    factories.add_member(b, c)
    text = "address,description,members\nc,,a@iwdemo.fr\na,,b@iwdemo.fr\nb,Nouveau,c@iwdemo.fr\n"
    client = client_of(people.domain_admin)
    task, _page = tried(client, people.domain, text, GROUPS)
    assert counts(task) == counts(imported(client, task)[0]) == (1, 1, 1)
    assert group("b@iwdemo.fr").description == "Nouveau"


@pytest.mark.parametrize("forged", ["x2@autre.example,mine@iwdemo.fr\n", ""])
def test_a_circle_tells_nothing_of_another_tenants_nesting(people, client_of, forged):
    x1, zqhidden, x2 = [factories.make_group(people.other_domain, name) for name in ("x1", "zqhidden", "x2")]
    mine = factories.make_group(people.domain, "mine")
    factories.add_member(x1, zqhidden)
    factories.add_member(zqhidden, x2)
    if not forged:
        factories.add_member(x2, mine)
    text = f"address,members\n{forged}mine,{x1.address}\n"
    _task, page = tried(client_of(people.domain_admin), people.domain, text, GROUPS)
    assert "zqhidden" not in page and "unknown on this server" in page
    _task, page = tried(
        client_of(people.admin), people.domain, f"address,members\nmine,{x1.address}\n", GROUPS
    )
    assert ("zqhidden" in page) == (not forged), "who may know is told the way"
