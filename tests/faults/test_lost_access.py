"""Lost access: sending and receiving end at once on every process, with Redis or without."""

import pytest

from tests.support.faults.chatter import Chatter, together


@pytest.fixture(params=["with redis", "redis dead", "redis frozen"])
def redis_state(request, company):
    """Return a function that brings Redis into the state of the test."""
    return {
        "with redis": lambda: None,
        "redis dead": company.redis.kill,
        "redis frozen": company.redis.freeze,
    }[request.param]


def test_member_removed_from_group_receives_no_later_message(company, redis_state):
    scene = company.stage.scene(people=3)
    author, removed, reader = scene.people
    entry = company.stage.entry_of(scene, removed)
    speakers = [Chatter(company.left, author), Chatter(company.right, author)]
    member, witness = Chatter(company.right, removed), Chatter(company.right, reader)
    with together([*speakers, member, witness]):
        for chatter in (*speakers, member, witness):
            chatter.open(scene.room_id)
        speakers[0].post(scene.room_id, "before").wait()
        member.wait_for_all(scene.room_id, 1)
        redis_state()
        company.console.do("remove_member", scene.group_id, entry)
        for chatter in speakers:
            assert chatter.post(scene.room_id, "not for the one who left").wait()["ok"]
        member.wait_for("room:removed", timeout=3, room_id=scene.room_id)
        witness.wait_for_all(scene.room_id, 3)
        assert (
            member.call("message:post", {"room_id": scene.room_id, "body": "me too"})["error"] == "not_found"
        )
        assert member.call("room:open", {"room_id": scene.room_id})["error"] == "not_found"
        assert member.call("room:read", {"room_id": scene.room_id, "seq": 1})["error"] == "not_found"
        assert list(member.known[scene.room_id]) == [1]
        assert not [data for data in member.heard("room:unread") if data["seq"] > 1]
        assert len(company.stage.messages(scene.room_id)) == 3


def test_member_added_to_group_is_notified_and_may_post(company):
    scene = company.stage.scene()
    newcomer = Chatter(company.right, scene.stranger)
    with newcomer:
        assert newcomer.call("room:open", {"room_id": scene.room_id})["error"] == "not_found"
        company.console.do("add_member", scene.group_id, scene.stranger.id)
        newcomer.wait_for("rooms:changed", timeout=3)
        newcomer.open(scene.room_id)
        assert newcomer.post(scene.room_id, "hello all").wait()["ok"]


def test_outsider_receives_nothing_by_any_event(company):
    scene = company.stage.scene()
    author, stranger = Chatter(company.left, scene.people[0]), Chatter(company.left, scene.stranger)
    with together([author, stranger]):
        author.open(scene.room_id)
        message_id = author.post(scene.room_id, "among ourselves").wait()["message_id"]
        for event, payload in (
            ("room:open", {"room_id": scene.room_id}),
            ("room:read", {"room_id": scene.room_id, "seq": 1}),
            ("message:post", {"room_id": scene.room_id, "body": "let me in"}),
            ("message:edit", {"message_id": message_id, "body": "let me in"}),
            ("message:delete", {"message_id": message_id}),
        ):
            assert stranger.call(event, payload)["error"] == "not_found", event
        for event in ("typing:start", "room:focus", "room:close"):
            stranger.call(event, {"room_id": scene.room_id})
        with pytest.raises(OSError, match="404"):
            stranger.get(f"/webmail/rooms/{scene.room_id}/messages?after=0")
        author.post(scene.room_id, "and after it").wait()
        author.wait_for_all(scene.room_id, 2)
        stranger.call("room:close", {"room_id": scene.room_id})
        received = [(name, data) for name, data in stranger.events if data.get("room_id") == scene.room_id]
        assert received == []


@pytest.mark.parametrize("with_redis", [True, False], ids=["with redis", "redis dead"])
def test_revoked_session_ends_on_every_process(company, with_redis):
    scene = company.stage.scene()
    person = scene.people[0]
    other_device = company.stage.second_device(person)
    revoked = [Chatter(server, person) for server in (company.left, company.right)]
    staying = Chatter(company.right, other_device)
    with together([*revoked, staying]):
        for chatter in (*revoked, staying):
            chatter.open(scene.room_id)
        if not with_redis:
            company.redis.kill()
        company.console.do("revoke_session", person.session_id)
        for chatter in revoked:
            chatter.wait_for("signed-out", timeout=3)
            chatter.wait_until(lambda chatter=chatter: chatter.refused == "signed_out", 5, "refused")
        assert staying.post(scene.room_id, "still here").wait()["ok"]
        assert staying.connections == 1 and not staying.heard("signed-out")
        assert not [chatter for chatter in revoked if chatter.heard("message:posted")]
