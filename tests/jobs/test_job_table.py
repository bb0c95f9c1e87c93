"""The table of jobs: each taken once, on a lease, and tried again."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Job, WorkState, now
from app.operations import jobs


def row() -> Job:
    return db.session.scalars(select(Job), execution_options={"populate_existing": True}).one()


def make_due() -> None:
    row().due_at = now() - timedelta(seconds=1)
    db.session.commit()


def test_job_is_taken_once(app):
    jobs.enqueue("something", number=7)
    taken = jobs.take_job()
    assert (taken.name, taken.arguments, taken.attempt) == ("something", {"number": 7}, 1)
    assert jobs.take_job() is None


def test_job_due_later_is_not_taken(app):
    jobs.enqueue("something", due_at=now() + timedelta(minutes=1))
    assert jobs.take_job() is None


def test_jobs_are_taken_in_order_of_their_due_time(app):
    jobs.enqueue("second", due_at=now() - timedelta(minutes=1))
    jobs.enqueue("first", due_at=now() - timedelta(minutes=2))
    assert [jobs.take_job().name, jobs.take_job().name] == ["first", "second"]


def test_finished_job_stays_and_is_not_taken_again(app):
    jobs.enqueue("something")
    jobs.finish(jobs.take_job())
    assert (row().state, row().leased_until) == (WorkState.DONE, None)
    make_due()
    assert jobs.take_job() is None


def test_job_of_a_dead_worker_is_taken_after_its_lease(app):
    jobs.enqueue("something")
    jobs.take_job()
    row().leased_until = now() - timedelta(seconds=1)
    db.session.commit()
    assert jobs.take_job().attempt == 2


def test_failing_job_waits_longer_each_time_and_is_given_up(app):
    jobs.enqueue("something")
    waits = []
    for _ in range(jobs.ATTEMPTS):
        make_due()
        jobs.try_again(jobs.take_job(), ValueError("no luck"))
        waits.append(round((row().due_at - now()).total_seconds()))
    assert waits[:4] == [15, 30, 60, 120]
    assert (row().state, row().last_error) == (WorkState.FAILED, "ValueError: no luck")
    make_due()
    assert jobs.take_job() is None


def test_recurring_job_is_never_given_up(app):
    jobs.enqueue("something")
    for _ in range(jobs.ATTEMPTS + 5):
        make_due()
        jobs.try_again(jobs.take_job(), ValueError("no luck"), is_recurring=True)
    assert row().state is WorkState.WAITING
    assert row().due_at - now() <= jobs.LONGEST_DELAY


def test_recurring_job_repeats_in_the_same_row(app):
    jobs.keep_going(["something"])
    jobs.repeat(jobs.take_job(), timedelta(minutes=5))
    assert jobs.take_job() is None
    assert (row().attempts, row().last_error) == (0, None)
    assert timedelta(minutes=4) < row().due_at - now() <= timedelta(minutes=5)


@pytest.mark.fresh
def test_concurrent_workers_keep_one_row_of_each_recurring_job(app):
    def start():
        with app.app_context():
            jobs.keep_going(["one", "other"])

    _at_once(start, 4)
    assert sorted(db.session.scalars(select(Job.kind))) == ["one", "other"]


@pytest.mark.fresh
def test_concurrent_workers_never_take_the_same_job(app):
    for number in range(12):
        jobs.enqueue("something", number=number)
    taken = []

    def work():
        with app.app_context():
            while (job := jobs.take_job()) is not None:
                taken.append(job.arguments["number"])

    _at_once(work, 4)
    assert sorted(taken) == list(range(12))


def _at_once(function, count: int) -> None:
    threads = [threading.Thread(target=function) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
