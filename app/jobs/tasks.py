"""Tasks, run in slices so that mails and other jobs never wait long behind one."""

from datetime import timedelta

from app.jobs import Requeue, job
from app.operations import bulk, imports, sweeps, tasks

bulk.load()

# Seconds, less than the worker's GRACE, so that a stopping worker finishes its slice.
TIME_SLICE = 0.5


@job(tasks.JOB)
def run_task(task_id: int) -> Requeue | None:
    """Run a slice of a task. The job is queued again until the task is over."""
    return None if tasks.run(task_id, seconds=TIME_SLICE) else Requeue()


job("forget_tasks", every=timedelta(hours=24))(sweeps.delete_finished_tasks)
job("resume_tasks", every=timedelta(minutes=5))(tasks.resume_tasks)
job("forget_import_files", every=timedelta(hours=6))(imports.forget_files)
