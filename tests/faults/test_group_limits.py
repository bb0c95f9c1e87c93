"""The limit of a group across two processes, with Redis and without."""

import pytest

from app.extensions import db
from app.models import Group
from tests.support.faults.chatter import together

LIMIT = 10


@pytest.mark.parametrize("with_redis", [True, False], ids=["with redis", "redis dead"])
def test_group_limit_holds_across_two_processes(company, with_redis):
    scene = company.stage.scene(people=4)
    with company.stage.app.app_context():
        db.session.get(Group, scene.group_id).sends_per_minute = LIMIT
        db.session.commit()
    chatters = company.on_both(scene.people)
    with together(chatters):
        for chatter in chatters:
            chatter.open(scene.room_id)
        if not with_redis:
            company.redis.kill()
        sent = [chatter.post(scene.room_id, f"{number}") for number in range(8) for chatter in chatters]
        answers = [message.wait() for message in sent]
    accepted = [answer for answer in answers if answer["ok"]]
    refused = [answer for answer in answers if not answer["ok"]]
    assert len(accepted) == LIMIT == len(company.stage.messages(scene.room_id))
    assert {answer["error"] for answer in refused} == {"group_pace"}
    assert all(1 <= answer["retry_after"] <= 61 for answer in refused)
