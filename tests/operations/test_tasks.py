"""Tasks: line by line, resumed after failures, never done twice."""

import pytest
from sqlalchemy import select

from app.errors import Invalid, NotFound, Unavailable
from app.extensions import db
from app.jobs import Requeue
from app.jobs.handlers import run_task
from app.models import AuditEntry, Job, Outcome, Role, Task, TaskLine, TaskState, WorkState
from app.operations import accounts, jobs, tasks
from app.operations.tasks import TaskKind, TaskStep, Unchanged
from app.queries import tasks as task_queries


@pytest.fixture
def work(app, people, monkeypatch):
    """Register a kind of task that numbers accounts' descriptions and records its steps."""
    done, refused = [], {}

    def steps(actor, arguments, position, limit):
        return [
            TaskStep(n, f"row {n}") for n in range(position + 1, min(position + limit, arguments["rows"]) + 1)
        ]

    def do(actor, arguments, step):
        if step.place in refused:
            raise refused[step.place]
        accounts.update_account(actor, people.arthur, {"name": f"arthur {step.place}"})
        done.append(step.place)

    monkeypatch.setitem(tasks.kinds, "test.count", TaskKind("Count", steps, do))
    monkeypatch.setitem(tasks.kinds, "test.try", TaskKind("Check", steps, do, is_rehearsal=True))
    work.done, work.refused = done, refused
    return work


def started(actor, kind="test.count", rows=5) -> Task:
    return tasks.start_task(actor, kind, total=rows, rows=rows)


def again(task: Task) -> Task:
    return db.session.get(Task, task.id, populate_existing=True)


def test_task_processes_and_counts_its_rows(people, work):
    task = started(people.admin)
    assert tasks.run(task.id, seconds=5)
    task = again(task)
    assert (task.state, task.done_count, task.changed_count) == (TaskState.DONE, 5, 5)
    assert work.done == [1, 2, 3, 4, 5]
    assert people.arthur.name == "arthur 5"


def test_refused_row_is_reported_and_others_continue(people, work):
    work.refused |= {2: Invalid("No."), 3: Unchanged("Already."), 4: ZeroDivisionError()}
    task = started(people.admin)
    tasks.run(task.id, seconds=5)
    task = again(task)
    assert (task.changed_count, task.skipped_count, task.failed_count) == (2, 1, 2)
    lines = db.session.scalars(select(TaskLine).order_by(TaskLine.id)).all()
    assert [(line.name, line.outcome) for line in lines] == [
        ("row 2", Outcome.FAILED),
        ("row 3", Outcome.SKIPPED),
        ("row 4", Outcome.FAILED),
    ]
    assert lines[0].sentence == "No."


def test_row_is_processed_once(people, work):
    task = started(people.admin)
    tasks.run(task.id, seconds=0)
    first = list(work.done)
    tasks.take_step(task.id, TaskStep(1, "row 1"))
    assert work.done == first == [1]
    assert again(task).done_count == 1


def test_lost_database_is_not_attributed_to_row(people, work):
    work.refused[3] = Unavailable()
    task = started(people.admin)
    with pytest.raises(Unavailable):
        tasks.run(task.id, seconds=5)
    assert (again(task).place, again(task).failed_count) == (2, 0)
    work.refused.clear()
    assert tasks.run(task.id, seconds=5)
    assert work.done == [1, 2, 3, 4, 5]


def test_preview_changes_nothing(people, work):
    work.refused[2] = Invalid("No.")
    task = started(people.admin, "test.try")
    tasks.run(task.id, seconds=5)
    assert (again(task).changed_count, again(task).failed_count) == (4, 1)
    db.session.expire_all()
    assert people.arthur.name == "arthur"
    acts = db.session.scalars(select(AuditEntry.act)).all()
    assert acts == ["task.start"]


def test_job_is_queued_again_until_task_is_finished(people, work, monkeypatch):
    monkeypatch.setattr("app.jobs.handlers.TASK_TIME_SLICE", 0)
    task = started(people.admin, rows=2)
    assert isinstance(run_task(task.id), Requeue)
    assert isinstance(run_task(task.id), Requeue)
    assert run_task(task.id) is None
    assert again(task).state is TaskState.DONE


def test_cancelled_task_stops_before_next_row(people, work):
    task = started(people.admin)
    tasks.run(task.id, seconds=0)
    tasks.cancel_task(people.admin, task)
    assert tasks.run(task.id, seconds=5)
    assert (again(task).state, again(task).done_count) == (TaskState.CANCELLED, 1)
    with pytest.raises(Invalid):
        tasks.cancel_task(people.admin, task)


def test_waiting_task_is_cancelled_immediately(people, work):
    task = started(people.admin)
    tasks.cancel_task(people.admin, task)
    assert again(task).state is TaskState.CANCELLED
    assert tasks.run(task.id, seconds=5)
    assert work.done == []


def test_task_of_former_administrator_stops(people, work):
    task = started(people.domain_admin)
    tasks.run(task.id, seconds=0)
    people.domain_admin.role = Role.USER
    db.session.commit()
    assert tasks.run(task.id, seconds=5)
    assert (again(task).state, again(task).last_error) == (TaskState.FAILED, tasks.LOST_RIGHTS)
    assert work.done == [1]


def test_only_administrators_start_tasks(people, work):
    with pytest.raises(NotFound):
        started(people.arthur)


def test_task_is_visible_to_owner_and_server_administrators(people, work):
    task = started(people.domain_admin)
    assert task_queries.find_task(people.domain_admin, task.id) is task
    assert task_queries.find_task(people.web_admin, task.id) is task
    for stranger in (people.rivale, people.arthur):
        with pytest.raises(NotFound):
            task_queries.find_task(stranger, task.id)
        with pytest.raises(NotFound):
            tasks.cancel_task(stranger, task)


def test_task_with_failed_job_gets_another_job(people, work):
    task = started(people.admin)
    assert tasks.resume_tasks() == 0
    job = db.session.scalars(select(Job)).one()
    job.state = WorkState.FAILED
    db.session.commit()
    assert tasks.resume_tasks() == 1
    assert jobs.take_job().arguments == {"task_id": task.id}


def test_number_of_statements_does_not_depend_on_rows(people, work, count_statements):
    task = started(people.admin, rows=2)
    tasks.run(task.id, seconds=5)
    with count_statements() as statements:
        task_queries.line_list(task)
        task_queries.task_list(people.admin)
    assert len(statements) == 2
