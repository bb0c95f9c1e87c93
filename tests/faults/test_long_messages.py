"""Messages longer than a socket's send buffer, and the longest that are allowed."""

import pytest

from tests.support.faults.chatter import Chatter, together


@pytest.mark.parametrize("body", ["Ж" * 39_000, "😀" * 40_000], ids=["cyrillic", "emoji"])
def test_long_message_and_the_next_one_reach_every_reader(company, body):
    scene = company.stage.scene(people=3)
    author, *readers = scene.people
    author = Chatter(company.left, author)
    readers = [Chatter(company.left, readers[0]), Chatter(company.right, readers[1])]
    with together([author, *readers]):
        for chatter in (author, *readers):
            chatter.open(scene.room_id)
        for seq, text in enumerate((body, "small"), start=1):
            assert author.post(scene.room_id, text).wait()["seq"] == seq
        for reader in readers:
            for seq, text in enumerate((body, "small"), start=1):
                event = reader.wait_for("message:posted", room_id=scene.room_id, seq=seq)
                assert text in event["html"]
        assert [chatter.connections for chatter in (author, *readers)] == [1, 1, 1]
