"""Lost access: sending and receiving end at once on every process, with Redis or without."""

import pytest

from tests.support.faults.chat_client import ChatClient, together


@pytest.fixture(params=["with redis", "redis dead", "redis frozen"])
def redis_state(request, company):
    """Return a function that brings Redis into the state of the test."""
    return {
        "with redis": lambda: None,
        "redis dead": company.redis.kill,
        "redis frozen": company.redis.freeze,
    }[request.param]


def test_member_removed_from_group_receives_no_later_message(company, redis_state):
    shared = company.workspace.shared(people=3)
    author, removed, reader = shared.people
    entry = company.workspace.entry_of(shared, removed)
    speakers = [ChatClient(company.left, author), ChatClient(company.right, author)]
    member, witness = ChatClient(company.right, removed), ChatClient(company.right, reader)
    with together([*speakers, member, witness]):
        for client in (*speakers, member, witness):
            client.open(shared.room_id)
        speakers[0].post(shared.room_id, "before").wait()
        member.wait_for_all(shared.room_id, 1)
        redis_state()
        company.console.do("remove_member", shared.group_id, entry)
        for client in speakers:
            assert client.post(shared.room_id, "not for the one who left").wait()["ok"]
        member.wait_for("room:removed", timeout=3, room_id=shared.room_id)
        witness.wait_for_all(shared.room_id, 3)
        assert (
            member.call("message:post", {"room_id": shared.room_id, "body": "me too"})["error"] == "not_found"
        )
        assert member.call("room:open", {"room_id": shared.room_id})["error"] == "not_found"
        assert member.call("room:read", {"room_id": shared.room_id, "seq": 1})["error"] == "not_found"
        assert list(member.known[shared.room_id]) == [1]
        assert not [data for data in member.heard("room:unread") if data["seq"] > 1]
        assert len(company.workspace.messages(shared.room_id)) == 3


def test_member_added_to_group_is_notified_and_may_post(company):
    shared = company.workspace.shared()
    newcomer = ChatClient(company.right, shared.stranger)
    with newcomer:
        assert newcomer.call("room:open", {"room_id": shared.room_id})["error"] == "not_found"
        company.console.do("add_member", shared.group_id, shared.stranger.id)
        newcomer.wait_for("rooms:changed", timeout=3)
        newcomer.open(shared.room_id)
        assert newcomer.post(shared.room_id, "hello all").wait()["ok"]


def test_outsider_receives_nothing_by_any_event(company):
    shared = company.workspace.shared()
    author, stranger = ChatClient(company.left, shared.people[0]), ChatClient(company.left, shared.stranger)
    with together([author, stranger]):
        author.open(shared.room_id)
        message_id = author.post(shared.room_id, "among ourselves").wait()["message_id"]
        for event, payload in (
            ("room:open", {"room_id": shared.room_id}),
            ("room:read", {"room_id": shared.room_id, "seq": 1}),
            ("message:post", {"room_id": shared.room_id, "body": "let me in"}),
            ("message:edit", {"message_id": message_id, "body": "let me in"}),
            ("message:delete", {"message_id": message_id}),
        ):
            assert stranger.call(event, payload)["error"] == "not_found", event
        for event in ("typing:start", "room:focus", "room:close"):
            stranger.call(event, {"room_id": shared.room_id})
        with pytest.raises(OSError, match="404"):
            stranger.get(f"/webmail/rooms/{shared.room_id}/messages?after=0")
        author.post(shared.room_id, "and after it").wait()
        author.wait_for_all(shared.room_id, 2)
        stranger.call("room:close", {"room_id": shared.room_id})
        received = [(name, data) for name, data in stranger.events if data.get("room_id") == shared.room_id]
        assert received == []


@pytest.mark.parametrize("with_redis", [True, False], ids=["with redis", "redis dead"])
def test_revoked_session_ends_on_every_process(company, with_redis):
    shared = company.workspace.shared()
    person = shared.people[0]
    other_device = company.workspace.second_device(person)
    revoked = [ChatClient(server, person) for server in (company.left, company.right)]
    staying = ChatClient(company.right, other_device)
    with together([*revoked, staying]):
        for client in (*revoked, staying):
            client.open(shared.room_id)
        if not with_redis:
            company.redis.kill()
        company.console.do("revoke_session", person.session_id)
        for client in revoked:
            client.wait_for("signed-out", timeout=3)
            client.wait_until(lambda client=client: client.refused == "signed_out", 5, "refused")
        assert staying.post(shared.room_id, "still here").wait()["ok"]
        assert staying.connections == 1 and not staying.heard("signed-out")
        assert not [client for client in revoked if client.heard("message:posted")]
