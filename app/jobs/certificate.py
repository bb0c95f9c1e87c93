"""Recurring: what certificate the public address shows, so that its end is told in time."""

from datetime import timedelta

from app.jobs import job
from app.operations import certificates

job("watch_certificate", every=timedelta(hours=1))(certificates.inspect_public_address)
job(certificates.INSPECTION_JOB)(certificates.inspect_public_address)
