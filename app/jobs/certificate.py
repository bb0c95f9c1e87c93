"""Recurring inspection of the certificate at the public address, which warns before it ends."""

from datetime import timedelta

from app.jobs import job
from app.operations import certificates

job("watch_certificate", every=timedelta(hours=1))(certificates.inspect_public_address)
job(certificates.INSPECTION_JOB)(certificates.inspect_public_address)
