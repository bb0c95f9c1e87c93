"""Recurring deletion of expired sessions and old rows."""

from datetime import timedelta

from app.jobs import job
from app.operations import sweeps

job("end_expired_sessions", every=timedelta(minutes=5))(sweeps.end_expired_sessions)
job("forget_sign_in_failures", every=timedelta(hours=1))(sweeps.delete_old_sign_in_failures)
job("forget_access_changes", every=timedelta(hours=1))(sweeps.delete_old_access_changes)
job("forget_finished_work", every=timedelta(hours=24))(sweeps.delete_finished_work)
