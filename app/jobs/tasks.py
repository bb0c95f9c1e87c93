"""Tasks, a slice at a time: mails and other jobs never wait for long behind one."""

from datetime import timedelta

from app.jobs import Requeue, job
from app.operations import bulk, imports, sweeps, tasks

bulk.load()

TIME_SLICE = 0.5
"""Seconds, within the grace that a worker has when it is told to stop."""


@job(tasks.JOB)
def run_task(task_id: int) -> Requeue | None:
    """Go on with a task; the same job comes up again until the task is over."""
    return None if tasks.run(task_id, seconds=TIME_SLICE) else Requeue()


job("forget_tasks", every=timedelta(hours=24))(sweeps.forget_tasks)
job("resume_tasks", every=timedelta(minutes=5))(tasks.resume_tasks)
job("forget_import_files", every=timedelta(hours=6))(imports.forget_files)
