"""Imports of groups beneath the pages: scope, order, races, and what they cost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import Group, Task
from app.operations import groups, imports, tasks
from app.operations.imports import running
from app.operations.imports.groups import SHOWN, inner_first
from tests.support import factories


def tried(actor, domain, text: str) -> Task:
    task = imports.check_import(actor, domain, text.encode(), name="groups.csv", kind="groups")
    tasks.run(task.id, seconds=20)
    return db.session.get(Task, task.id, populate_existing=True)


def done(actor, task: Task) -> Task:
    task = imports.start_import(actor, task)
    tasks.run(task.id, seconds=20)
    return db.session.get(Task, task.id, populate_existing=True)


def count_of(model=Group) -> int:
    return db.session.query(model).count()


def test_import_into_domain_outside_scope_is_refused(people):
    for actor, domain in ((people.rivale, people.domain), (people.domain_admin, people.other_domain)):
        with pytest.raises(NotFound):
            imports.check_import(actor, domain, b"address,name\nx,X\n", name="x.csv", kind="groups")
    with pytest.raises(NotFound):
        imports.check_import(
            people.arthur, people.domain, b"address,name\nx,X\n", name="x.csv", kind="groups"
        )
    assert count_of(Task) == 0


def test_import_starts_only_from_a_preview(people):
    task = tried(people.domain_admin, people.domain, "address,name\nneuf,Neuf\n")
    imported = done(people.domain_admin, task)
    with pytest.raises(Invalid) as refusal:
        imports.start_import(people.domain_admin, imported)
    assert refusal.value.code == "not_tried"


def test_former_administrator_imports_no_further_rows(people):
    task = tried(people.domain_admin, people.domain, "address,name\nneuf,Neuf\n")
    before, started = count_of(), imports.start_import(people.domain_admin, task)
    people.domain_admin.role = "user"
    db.session.commit()
    tasks.run(started.id, seconds=5)
    assert count_of() == before


def test_group_created_during_import_is_updated(people, monkeypatch):
    task = tried(people.domain_admin, people.domain, "address,name,members\nneuf,Neuf,paul@iwdemo.fr\n")
    groups.create_group(people.admin, people.domain, name="Plus vite", alias="neuf")
    assert done(people.domain_admin, task).changed_count == 1
    assert db.session.query(Group).filter_by(address="neuf@iwdemo.fr").one().name == "Neuf"


def test_number_of_statements_does_not_depend_on_members_of_row(people, count_statements):
    accounts = [factories.make_account(people.domain, f"n{number}").address for number in range(60)]
    with count_statements() as few:
        tried(people.admin, people.domain, f"address,name,members\nun,Un,{accounts[0]}\n")
    with count_statements() as many:
        tried(people.admin, people.domain, f"address,name,members\nun,Un,{' '.join(accounts)}\n")
    assert len(many) <= len(few) + 2


def test_each_row_needs_the_same_number_of_statements(people, count_statements):
    costs = []
    for number in (1, 11, 21):
        rows = "".join(f"g{row},G {row},paul@iwdemo.fr\n" for row in range(number))
        with count_statements() as statements:
            tried(people.admin, people.domain, f"address,name,members\n{rows}")
        costs.append(len(statements))
    assert costs[2] - costs[1] <= costs[1] - costs[0] + 2
    assert (costs[2] - costs[1]) / 10 <= 25


def test_inner_groups_are_imported_first():
    chain = {f"g{number}": [f"g{number + 1}"] for number in range(5_000)} | {"g5000": []}
    order, circles = inner_first(chain, chain)
    assert (order[0], order[-1], circles) == ("g5000", "g0", {})
    closed = chain | {"g5000": ["g0"]}
    order, circles = inner_first(closed, closed)
    assert len(order) == 5_001 and list(circles) == ["g5000"]
    way = circles["g5000"]
    assert (way[0], way[1], way[-2], way[-1], len(way)) == ("g5000", "g0", "…", "g5000", SHOWN + 3)


@pytest.mark.parametrize("order", ["abcd", "dcba", "cabd"])
def test_cycle_is_attributed_to_rows_that_add_to_it(order):
    inner = {"a": ["b"], "b": ["c"], "c": ["d"], "d": ["a"]}
    inner = {name: inner[name] for name in order}
    assert inner_first(inner, {"b": ["c"]})[1] == {"b": ("b", "c", "d", "a", "b")}
    assert inner_first({"a": ["a"]}, {"a": ["a"]})[1] == {"a": ("a", "a")}


def test_every_row_that_closes_a_cycle_is_reported():
    inner = {"a": ["b", "c", "e"], "b": ["d"], "c": ["d"], "d": ["a"], "e": []}
    order, circles = inner_first(inner, {"a": ["b", "c", "e"], "b": ["d"], "c": ["d"]})
    assert circles == {"b": ("b", "d", "a", "b"), "c": ("c", "d", "a", "c")}
    assert sorted(order) == sorted(inner)


def test_existing_cycle_is_not_attributed_to_a_row():
    assert inner_first({"a": ["b"], "b": ["a"]}, {"a": [], "b": []})[1] == {}


@given(st.dictionaries(st.integers(0, 7), st.tuples(*[st.sets(st.integers(0, 7), max_size=3)] * 2)))
def test_remaining_rows_form_no_cycle(table):
    stored = {name: {inner_name for inner_name in row[0] if inner_name > name} for name, row in table.items()}
    names = set(table) | {inner_name for row in table.values() for part in row for inner_name in part}
    added = {name: row[1] - stored[name] for name, row in table.items()}
    inner = {name: [*added.get(name, ()), *stored.get(name, ())] for name in names}
    order, circles = inner_first(inner, added)
    positions = {name: number for number, name in enumerate(order)}
    remaining = {n: stored.get(n, set()) | (set() if n in circles else added.get(n, set())) for n in names}
    assert all(positions[inner_name] < positions[name] for name in names for inner_name in remaining[name])
    for name, way in circles.items():
        assert way[0] == way[-1] == name and way[1] in added[name]


@pytest.mark.parametrize("kind", ["accounts", "groups"])
def test_table_of_too_many_rows_is_refused_in_a_thread(people, monkeypatch, kind):
    read, aside = [], running.run_in_thread
    monkeypatch.setattr(running, "run_in_thread", lambda work, *args: read.append(work) or aside(work, *args))
    monkeypatch.setattr(running, "ROWS_AT_MOST", 100)
    with pytest.raises(Invalid) as refusal:
        imports.check_import(
            people.domain_admin, people.domain, b"address,name\n" * 102, name="x.csv", kind=kind
        )
    assert (refusal.value.code, refusal.value.field) == ("too_many_rows", "file")
    assert len(read) == 1
    assert count_of(Task) == 0
