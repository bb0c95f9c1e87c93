"""System → Audit log: search, export and check, within the administrator's scope."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from app.blueprints import audit_labels
from app.blueprints.audit import labels
from app.extensions import db
from app.integrations import keys
from app.jobs.handlers import CHAIN, seal_audit_log, verify_audit_log
from app.models import AccountState, AuditEntry, now
from app.operations.groups import create_group
from tests.support import factories, source
from tests.support.factories import keep

URL = "/admin/journal"


def write(act="group.create", **values) -> AuditEntry:
    usual = {
        "actor_name": "admin@iwdemo.fr",
        "object_kind": act.split(".")[0],
        "object_name": "groupetc@iwdemo.fr",
    }
    entry = AuditEntry(**{"act": act, "created_at": now() - timedelta(minutes=1), **usual, **values})
    keep(entry)
    return entry


@pytest.fixture
def client(people, client_of):
    return client_of(people.admin)


def numbers(page: str) -> set[int]:
    return {int(part.split('"')[0]) for part in page.split('id="entry-')[1:]}


def test_it_says_who_did_what_to_what_and_what_changed(people, client):
    write(
        "group.update",
        object_id=people.group.id,
        before='{"name": "a"}',
        after='{"name": "b"}',
        origin="192.0.2.7",
    )
    page = client.get(URL).text
    for said in (
        "Group changed",
        "groupetc@iwdemo.fr",
        "admin@iwdemo.fr",
        "192.0.2.7",
        "<del><bdi>a",
        "<ins><bdi>b",
    ):
        assert said in page
    assert f"/admin/groups/{people.group.id}/" in page


def test_guests_are_looked_at_and_looked_for_as_guests(people, client_of, client):
    guest = factories.make_account(
        people.domain, "bt", is_guest=True, sponsor_id=people.arthur.id, address="bt@darnis.com"
    )
    about = {"act": "guest.update", "object_kind": "account", "domain_id": people.domain.id}
    entry = write(**about, object_id=guest.id, object_name=guest.address)
    other = write(**about, object_id=people.paul.id, object_name=people.paul.address)
    for person in (people.admin, people.domain_admin):
        page = client_of(person).get(URL).text
        assert f'href="/admin/guests/{guest.id}/"' in page and ">Guest</span>" in page
        assert f'href="/admin/accounts/{people.paul.id}/"' in page
    assert numbers(client.get(f"{URL}?kind=guest").text) == {entry.id}
    assert numbers(client.get(f"{URL}?kind=account").text) == {entry.id, other.id}


def test_guests_of_others_lead_nowhere(people, client_of):
    guest = factories.make_account(
        people.domain, "bt", is_guest=True, sponsor_id=people.arthur.id, address="bt@darnis.com"
    )
    write("guest.update", object_kind="account", object_id=guest.id, domain_id=people.other_domain.id)
    page = client_of(people.rivale).get(URL).text
    assert "groupetc@iwdemo.fr" in page and "/admin/guests/" + str(guest.id) not in page


@pytest.mark.parametrize("is_deleted", [False, True])
def test_an_export_tells_guests_from_accounts_as_the_page_does(people, client, is_deleted):
    state = AccountState.DELETED if is_deleted else AccountState.ENABLED
    guest = factories.make_account(
        people.domain, "bt", is_guest=True, sponsor_id=people.arthur.id, address="bt@darnis.com", state=state
    )
    for person in (guest, people.paul):
        write("account.update", object_id=person.id, object_name=person.address)
    page = client.get(URL).text
    assert page.count(">Guest</span>") == page.count(">Account</span>") == 1
    assert (f'href="/admin/guests/{guest.id}/"' in page) is not is_deleted
    told = {
        entry["object"]["name"]: entry["object"]
        for entry in json.loads(client.get(f"{URL}/export.json").text)
    }
    assert told[guest.address] == {"kind": "guest", "id": guest.id, "name": guest.address}
    assert told[people.paul.address]["kind"] == "account"
    rows = list(csv.reader(io.StringIO(client.get(f"{URL}/export.csv").text)))[1:]
    assert {row[6]: row[5] for row in rows} == {guest.address: "Guest", people.paul.address: "Account"}


def test_what_is_gone_is_named_and_leads_nowhere(client):
    write("group.create", object_id=1_000_000)
    page = client.get(URL).text
    assert "groupetc@iwdemo.fr" in page
    assert "/admin/groups/1000000" not in page


def test_domain_administrators_read_what_concerns_their_domains(people, client_of, client):
    mine = write(domain_id=people.domain.id)
    theirs = write(domain_id=people.other_domain.id)
    nobodys = write("licenses.issue")
    assert numbers(client.get(URL).text) == {mine.id, theirs.id, nobodys.id}
    for person, seen in ((people.domain_admin, mine), (people.rivale, theirs)):
        client = client_of(person)
        assert numbers(client.get(URL).text) == {seen.id}
        exported = json.loads(client.get(f"{URL}/export.json").text)
        assert [entry["id"] for entry in exported] == [seen.id]
        assert numbers(client.get(f"{URL}?kind=group&id=7&act=licence.issue").text) == set()


def test_people_who_administer_nothing_read_nothing(people, client_of):
    client = client_of(people.arthur)
    for path in ("", "/export.csv", "/export.json"):
        assert client.get(URL + path).status_code == 403
    assert client.post(f"{URL}/verify").status_code == 403


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", {0, 1, 2}),
        ("act=account.update", {1}),
        ("kind=group", {0}),
        ("kind=group&id=7", {0}),
        ("kind=group&id=8", set()),
        ("person=jean@iwdemo.fr", {1}),
        ("person=JEAN", {1}),
        ("person=ean", set()),
        ("person=%25", set()),
        ("thing=autre@iwdemo.fr", {1}),
        ("thing=gro", {0}),
        ("since=2026-03-02", {1, 2}),
        ("until=2026-03-01", {0}),
        ("since=2026-03-02&until=2026-03-02", {1}),
        ("since=2030-01-01", set()),
        ("until=2000-01-01", set()),
        ("since=yesterday&until=0000-99-99&id=x", {0, 1, 2}),
    ],
)
def test_it_is_searched(client, asked, found):
    written = [
        write(object_id=7, created_at=datetime(2026, 3, 1, 22, 59, tzinfo=UTC)),
        write(
            "account.update",
            actor_name="jean@iwdemo.fr",
            object_name="autre@iwdemo.fr",
            created_at=datetime(2026, 3, 1, 23, 1, tzinfo=UTC),
        ),
        write("licenses.issue", object_name="Démo", created_at=datetime(2026, 3, 3, tzinfo=UTC)),
    ]
    page = client.fragment(f"{URL}?{asked}", "list").text
    assert numbers(page) == {written[place].id for place in found}
    assert found or "No action matches" in page


def test_an_empty_log_says_so(client):
    assert "There are no actions yet" in client.get(URL).text


def test_it_is_paged_and_costs_the_same_however_long(people, client, count_statements):
    write(object_id=people.group.id)
    with count_statements() as few:
        client.get(URL)
    for _ in range(60):
        write(object_id=people.group.id)
    with count_statements() as many:
        page = client.get(URL).text
    assert len(many) == len(few)
    assert len(numbers(page)) == 50
    following = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert len(numbers(client.get(following).text)) == 11


def test_a_spreadsheet_takes_nothing_for_a_formula(client):
    write(object_name='=HYPERLINK("http://x")', actor_name="@SUM(1)", after='{"name": "=1+1"}')
    answer = client.get(f"{URL}/export.csv")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    (row,) = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))[1:]
    assert not [cell for cell in row if cell.startswith(("=", "@", "+", "-"))]
    assert "'=HYPERLINK" in row[6]


def test_an_export_holds_what_was_searched_for_and_all_of_it(client, monkeypatch):
    monkeypatch.setattr("app.queries.audit.BATCH", 7)
    monkeypatch.setattr("app.blueprints.tables.ROWS_AT_ONCE", 5)
    write("licenses.issue")
    ids = [write().id for _ in range(25)]
    told = json.loads(client.get(f"{URL}/export.json?act=group.create").text)
    assert [entry["id"] for entry in told] == ids[::-1]
    assert told[0]["object"]["name"] == "groupetc@iwdemo.fr"
    assert len(list(csv.reader(io.StringIO(client.get(f"{URL}/export.csv?act=group.create").text)))) == 26


@pytest.mark.parametrize("count", [0, 5, 10])
def test_an_export_of_any_length_is_whole(client, monkeypatch, count):
    monkeypatch.setattr("app.blueprints.tables.ROWS_AT_ONCE", 5)
    for _ in range(count):
        write()
    assert len(json.loads(client.get(f"{URL}/export.json").text)) == count


def test_another_kind_of_file_is_not_there(client):
    assert client.get(f"{URL}/export.xml").status_code == 404


def test_an_objects_history_leads_here(people, client):
    group = create_group(people.admin, people.domain, name="Essai", alias="essai")
    page = client.get(f"/admin/groups/{group.id}/history").text
    assert f"{URL}?kind=group&amp;id={group.id}" in page
    assert numbers(client.get(f"{URL}?kind=group&id={group.id}").text)


def test_the_chain_is_checked_by_the_worker_and_the_page_says_what_it_found(app, client, tmp_path):
    app.config["VAR_DIR"] = tmp_path
    write()
    assert "Not checked yet" in client.get(URL).text
    assert client.post(f"{URL}/verify").status_code == 303
    seal_audit_log()
    verify_audit_log()
    page = client.get(URL).text
    assert "Unaltered" in page
    assert "1 sealed entry" in page


def test_tampering_is_told(app, client, tmp_path):
    app.config["VAR_DIR"] = tmp_path
    entry = write()
    seal_audit_log()
    db.session.query(AuditEntry).filter_by(id=entry.id).update({"actor_name": "somebody else"})
    db.session.commit()
    verify_audit_log()
    page = client.get(URL).text
    assert "was tampered with" in page
    assert f"entry {entry.id}" in page
    assert keys.load_head(tmp_path, CHAIN)[0] == entry.id


def test_domain_administrators_do_not_see_the_chain(people, client_of):
    client = client_of(people.domain_admin)
    assert "Check now" not in client.get(URL).text
    assert client.post(f"{URL}/verify").status_code == 403


def test_moments_are_those_of_the_readers_clock_on_the_page_and_in_the_file(people, client):
    people.admin.time_zone = "Asia/Tokyo"
    db.session.commit()
    moment = datetime(2026, 12, 1, 23, 0, tzinfo=UTC)
    after = json.dumps({"expires_at": moment.isoformat()})
    write(
        "domain.update",
        object_id=people.domain.id,
        before='{"expires_at": null}',
        after=after,
        created_at=moment,
    )
    page = client.get(URL).text
    assert "End of the domain" in page and "Dec 2, 2026, 8:00:00\u202fAM" in page
    row = next(row for row in rows_of(client) if row[4] == "Properties changed")
    assert row[1] == "2026-12-02 08:00:00" and "Dec 2, 2026" in row[7]


def test_what_stayed_the_same_is_no_change(client):
    write(
        "licenses.issue",
        object_name="x",
        before='{"seats": 100, "holder": "a"}',
        after='{"seats": 100, "holder": "b"}',
    )
    page = client.get(URL).text
    assert "Holder" in page and "Seats" not in page


@pytest.mark.parametrize(
    ("act", "told"), [("service.restart", "Service restarted"), ("room.leave", "Room left")]
)
def test_services_and_farewells_have_words(client, act, told):
    write(act, object_name="mail" if act.startswith("service") else "x")
    page = client.get(URL).text
    assert f"<strong>{told}</strong>" in page and f'value="{act}"' in page
    assert ("Outgoing mail</bdi>" in page) == act.startswith("service")


def rows_of(client) -> list[list[str]]:
    return list(csv.reader(io.StringIO(client.get(f"{URL}/export.csv").get_data(as_text=True))))


def test_every_act_has_words():
    acts = set()
    for name in source.python_files("app/operations/"):
        for called, node in source.calls(name):
            if called in ("audit.record", "record") and len(node.args) > 1 and hasattr(node.args[1], "value"):
                acts.add(node.args[1].value)
    kinds = "|".join(labels.KINDS)
    for path in source.python_files("app/operations/"):
        acts |= set(re.findall(rf'"((?:{kinds})\.[a-z_]+)"', (source.ROOT / path).read_text()))
    assert len(acts) > 70 and "service.restart" in acts
    assert not {act for act in acts if isinstance(act, str)} - audit_labels.ACTS.keys()
