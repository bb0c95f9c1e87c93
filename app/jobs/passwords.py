"""Links to choose a password: whose they are is looked up here, so that a request tells nothing by its time."""

from app.jobs import job
from app.operations import passwords

job(passwords.PASSWORD_LINK_JOB)(passwords.send_requested_link)
