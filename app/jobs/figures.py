"""Recurring count of messages and sign-ins per hour."""

from datetime import timedelta

from app.jobs import job
from app.operations import figures

job("count_figures", every=timedelta(minutes=1))(figures.count_figures)
job("forget_figures", every=timedelta(hours=24))(figures.delete_old_figures)
