"""The limit of a group across two processes, with Redis and without."""

import pytest

from app.extensions import db
from app.models import Group
from tests.support.faults.chat_client import together

LIMIT = 10


@pytest.mark.parametrize("with_redis", [True, False], ids=["with redis", "redis dead"])
def test_group_limit_holds_across_two_processes(company, with_redis):
    shared = company.workspace.shared(people=4)
    with company.workspace.app.app_context():
        db.session.get(Group, shared.group_id).sends_per_minute = LIMIT
        db.session.commit()
    clients = company.on_both(shared.people)
    with together(clients):
        for client in clients:
            client.open(shared.room_id)
        if not with_redis:
            company.redis.kill()
        sent = [client.post(shared.room_id, f"{number}") for number in range(8) for client in clients]
        answers = [message.wait() for message in sent]
    accepted = [answer for answer in answers if answer["ok"]]
    refused = [answer for answer in answers if not answer["ok"]]
    assert len(accepted) == LIMIT == len(company.workspace.messages(shared.room_id))
    assert {answer["error"] for answer in refused} == {"group_pace"}
    assert all(1 <= answer["retry_after"] <= 61 for answer in refused)
