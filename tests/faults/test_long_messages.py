"""Messages longer than a socket's send buffer, and the longest that are allowed."""

import pytest

from tests.support.faults.chat_client import ChatClient, together


@pytest.mark.parametrize("body", ["Ж" * 39_000, "😀" * 40_000], ids=["cyrillic", "emoji"])
def test_long_message_and_the_next_one_reach_every_reader(company, body):
    shared = company.workspace.shared(people=3)
    author, *readers = shared.people
    author = ChatClient(company.left, author)
    readers = [ChatClient(company.left, readers[0]), ChatClient(company.right, readers[1])]
    with together([author, *readers]):
        for client in (author, *readers):
            client.open(shared.room_id)
        for seq, text in enumerate((body, "small"), start=1):
            assert author.post(shared.room_id, text).wait()["seq"] == seq
        for reader in readers:
            for seq, text in enumerate((body, "small"), start=1):
                event = reader.wait_for("message:posted", room_id=shared.room_id, seq=seq)
                assert text in event["html"]
        assert [client.connections for client in (author, *readers)] == [1, 1, 1]
