"""Tables that go in through the pages of WebAdmin: tried, and then imported."""

import csv
import io

from sqlalchemy import select

from app.extensions import db
from app.models import Task

ACCOUNTS = "/admin/accounts/import"
GROUPS = "/admin/groups/import"


def table_of(answer) -> list[dict]:
    """Return the rows of a CSV answer."""
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def last_task() -> Task:
    """Return the task started last."""
    return db.session.scalars(select(Task).order_by(Task.id.desc()).limit(1)).one()


def sent(client, path, domain_id, text):
    """Return the answer to an uploaded file."""
    file = (io.BytesIO(text if isinstance(text, bytes) else text.encode()), "table.csv")
    data = {"domain": domain_id, "file": file, "pasted": ""}
    return client.post(path, data=data, content_type="multipart/form-data")


def tried(client, domain, text, path=ACCOUNTS) -> tuple[Task, str]:
    """Return the task that checks a table, and its page."""
    answer = sent(client, path, domain.id, text)
    assert answer.status_code == 303, answer.text
    return last_task(), client.get(answer.location).text


def imported(client, task) -> tuple[Task, str]:
    """Return the task that imports a checked table, and its page."""
    answer = client.post(f"/admin/tasks/{task.id}/import")
    assert answer.status_code == 303
    return last_task(), client.get(answer.location).text
