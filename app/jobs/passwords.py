"""Password links. The address is looked up here, so that a request's duration does not reveal whether it exists."""

from app.jobs import job
from app.operations import passwords

job(passwords.PASSWORD_LINK_JOB)(passwords.send_requested_link)
