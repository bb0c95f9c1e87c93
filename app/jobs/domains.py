"""Recurring suspension of domains that have reached their end date."""

from datetime import timedelta

from app.jobs import job
from app.operations import domains

job("suspend_ended_domains", every=timedelta(minutes=1))(domains.suspend_ended_domains)
