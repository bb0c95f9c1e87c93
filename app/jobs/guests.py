"""Recurring ends of guest accounts and stays. Due rows are selected by time, so a missed run is made up for."""

from datetime import timedelta

from app.jobs import job
from app.operations import guests

job("end_guest_accounts", every=timedelta(minutes=1))(guests.end_accounts)
job("end_guest_stays", every=timedelta(minutes=1))(guests.end_stays)
job("warn_of_guest_ends", every=timedelta(hours=1))(guests.warn_of_ends)
job("end_unverified_guests", every=timedelta(hours=1))(guests.end_unverified)
