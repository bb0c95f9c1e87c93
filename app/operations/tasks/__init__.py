"""Tasks: long work, done row by row, each in a transaction of its own that also notes how far the task is.

A kind of task is registered once, by whoever knows the work:

    tasks.register("accounts.disable", TaskKind(title=_l("Disable accounts"), steps=…, do=…))

    steps(actor, arguments, place, limit)   the next rows behind a place, as Step; an empty list when there are no more
    do(actor, arguments, step)              an operation's work on one row. A Refusal is noted with its sentence as
                                            failed, Unchanged as skipped, and the task goes on with the next row.

`start_task` puts it into the table, for the worker. `run` does some of it at once: what is small is over before the
page comes back, the worker goes on with the rest. However many processes run the same task, or die at it, no row is
done twice: the task's place moves in the transaction that does the row.
"""

from app.operations.tasks.asking import JOB, cancel_task, resume_tasks, start_task
from app.operations.tasks.kinds import FollowUp, Step, TaskKind, Unchanged, kinds, register
from app.operations.tasks.rows import LOST_RIGHTS, UNKNOWN_KIND
from app.operations.tasks.running import run, take_step

__all__ = [
    "FollowUp",
    "JOB",
    "LOST_RIGHTS",
    "Step",
    "TaskKind",
    "UNKNOWN_KIND",
    "Unchanged",
    "cancel_task",
    "kinds",
    "register",
    "resume_tasks",
    "run",
    "start_task",
    "take_step",
]
