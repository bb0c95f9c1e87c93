"""Unread counts: the same on every device and process, during heavy load and after it."""

from tests.support.faults.chat_client import ChatClient, together
from tests.support.faults.company import assert_kept


def read_mark_of(workspace, room_id, person):
    """Return the stored read mark of a person."""
    rows = workspace.ask(
        "SELECT last_read_seq FROM read_marks WHERE room_id = %s AND account_id = %s", room_id, person.id
    )
    return rows[0][0] if rows else None


def test_reading_on_one_device_clears_the_badge_on_the_other(company):
    shared = company.workspace.shared()
    author, reader = shared.people
    writing = ChatClient(company.left, author)
    here, there = (
        ChatClient(company.left, reader),
        ChatClient(company.right, company.workspace.second_device(reader)),
    )
    with together([writing, here, there]):
        writing.open(shared.room_id)
        here.open(shared.room_id)
        for turn in range(5):
            writing.post(shared.room_id, f"message {turn}").wait()
        assert there.open(shared.room_id)["last_read"] == 0
        assert here.call("room:read", {"room_id": shared.room_id, "seq": 3}) == {"ok": True, "unread": 2}
        assert there.wait_for("room:read", room_id=shared.room_id, seq=3)["unread"] == 2
        assert there.call("room:read", {"room_id": shared.room_id, "seq": 2}) == {"ok": True, "unread": 2}
        assert here.call("room:read", {"room_id": shared.room_id, "seq": 10**15}) == {"ok": True, "unread": 0}
        assert read_mark_of(company.workspace, shared.room_id, reader) == 5
        assert not writing.heard("room:read", unread=2)


def test_posting_clears_the_badge_on_the_other_device_of_the_author(company):
    shared = company.workspace.shared()
    author, reader = shared.people
    here, there = (
        ChatClient(company.left, author),
        ChatClient(company.right, company.workspace.second_device(author)),
    )
    other = ChatClient(company.right, reader)
    with together([here, there, other]):
        here.open(shared.room_id)
        here.post(shared.room_id, "mine").wait()
        there.wait_for("room:read", room_id=shared.room_id, seq=1, unread=0)
        other.post(shared.room_id, "theirs").wait()
        here.post(shared.room_id, "behind by one").wait()
        here.call("room:read", {"room_id": shared.room_id, "seq": 3})
        there.wait_for("room:read", room_id=shared.room_id, seq=3)
        assert [data["seq"] for data in there.heard("room:read")] == [1, 3]


def test_unread_messages_of_unopened_room_are_announced(company):
    shared = company.workspace.shared()
    author, reader = company.on_both(shared.people)
    with together([author, reader]):
        author.open(shared.room_id)
        for turn in range(30):
            author.post(shared.room_id, f"message {turn}")
        reader.wait_for("room:unread", timeout=6, room_id=shared.room_id, seq=30)
        assert len(reader.heard("room:unread")) <= 4
        assert not reader.heard("message:posted")


def test_read_marks_are_right_after_heavy_load(company):
    shared = company.workspace.shared(people=6)
    clients = company.on_both(shared.people)
    with together(clients):
        for client in clients:
            client.open(shared.room_id)
        sent = [client.post(shared.room_id, f"message {turn}") for turn in range(20) for client in clients]
        for client in clients[:3]:
            for seq in (40, 90, 10):
                client.call("room:read", {"room_id": shared.room_id, "seq": seq}, timeout=20)
        assert_kept(company.workspace, shared.room_id, sent, clients)
        for client in clients:
            mark = read_mark_of(company.workspace, shared.room_id, client.person)
            assert 0 <= mark <= 120
            assert client.call("room:read", {"room_id": shared.room_id, "seq": 0})["unread"] == 120 - mark
            assert client.call("room:read", {"room_id": shared.room_id, "seq": 120})["unread"] == 0


def test_posting_moves_the_read_mark_of_the_author_only_if_up_to_date(company):
    shared = company.workspace.shared()
    author, other = company.on_both(shared.people)
    with together([author, other]):
        author.open(shared.room_id)
        other.open(shared.room_id)
        author.post(shared.room_id, "first").wait()
        assert read_mark_of(company.workspace, shared.room_id, author.person) == 1
        other.post(shared.room_id, "without having read it").wait()
        assert read_mark_of(company.workspace, shared.room_id, other.person) == 0
