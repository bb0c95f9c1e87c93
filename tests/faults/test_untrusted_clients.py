"""Untrusted clients: rate limits, malformed events and frames, forged sessions and origins."""

import time
import uuid

import pytest

from tests.support.faults.chat_client import ChatClient, together
from tests.support.faults.company import environment
from tests.support.servers import WebWorkers


@pytest.fixture(scope="module")
def strict(mariadb, redis, workspace):
    """Start a web server with the limits of production."""
    limits = {"MESSAGE_BURST": "20", "MESSAGE_RATE": "5", "LOG_FORMAT": "text"}
    with WebWorkers(1, environment(mariadb.url("faults"), redis, **limits)) as server:
        yield server


@pytest.fixture
def shared(strict, workspace):
    """Make a room with two people; afterwards check that the worker lives and the log holds no error."""
    workers, before = strict.worker_pids(), strict.log.stat().st_size
    yield workspace.shared()
    assert strict.worker_pids() == workers
    log = strict.log.read_bytes()[before:].decode()
    accidents = [line for line in log.splitlines() if "Traceback" in line or "[error" in line]
    assert not [line for line in accidents if "is not an accepted origin" not in line], log[-3000:]


def messages(shared, count):
    return [
        {"room_id": shared.room_id, "body": f"{turn}", "client_id": str(uuid.uuid4())}
        for turn in range(count)
    ]


def test_message_limit_allows_a_burst_then_a_rate(strict, workspace, shared):
    windows = [ChatClient(strict, shared.people[0]), ChatClient(strict, shared.people[0])]
    other = ChatClient(strict, shared.people[1])
    with together([*windows, other]):
        started = time.monotonic()
        answers = windows[0].call_all("message:post", messages(shared, 40))
        earned = 5 * (time.monotonic() - started) + 1
        accepted = [answer for answer in answers if answer["ok"]]
        refused = [answer for answer in answers if not answer["ok"]]
        assert answers[:20] == accepted[:20] and 20 <= len(accepted) <= 20 + earned
        assert {answer["error"] for answer in refused} == {"too_many"}
        assert all(0 < answer["retry_after"] <= 0.2 and answer["message"] for answer in refused)
        assert (
            len(
                [
                    answer
                    for answer in windows[1].call_all("message:post", messages(shared, 10))
                    if answer["ok"]
                ]
            )
            < 5
        )
        assert other.call("message:post", messages(shared, 1)[0])["ok"]
        assert windows[0].post(shared.room_id, "patience").wait()["ok"]
    kept = workspace.messages(shared.room_id)
    assert [message.seq for message in kept] == list(range(1, len(kept) + 1))


def test_event_limit_slows_a_socket_without_closing_it(strict, shared):
    with ChatClient(strict, shared.people[0]) as client:
        answers = client.call_all("room:close", [{"room_id": shared.room_id}] * 300)
        assert {answer.get("error") for answer in answers} == {None, "too_many"}
        time.sleep(0.2)
        assert client.open(shared.room_id)["ok"]
        assert client.connections == 1


MALFORMED_PAYLOADS = [
    ("room:open", {}, "bad_payload"),
    ("room:open", {"room_id": None}, "bad_payload"),
    ("room:open", {"room_id": "1"}, "bad_payload"),
    ("room:open", {"room_id": True}, "bad_payload"),
    ("room:open", {"room_id": -1}, "bad_payload"),
    ("room:open", {"room_id": 1.5}, "bad_payload"),
    ("room:open", {"room_id": [1]}, "bad_payload"),
    ("room:open", {"room_id": 2**63}, "bad_payload"),
    ("room:open", {"room_id": 2**63 - 1}, "not_found"),
    ("room:open", {"room_id": 0}, "not_found"),
    ("room:open", None, "bad_payload"),
    ("room:open", 5, "bad_payload"),
    ("room:open", "1", "bad_payload"),
    ("room:open", [1], "bad_payload"),
    ("room:read", {"room_id": "HERE", "seq": "all"}, "bad_payload"),
    ("room:read", {"room_id": "HERE", "seq": -5}, "bad_payload"),
    ("message:post", {"room_id": "HERE"}, "empty"),
    ("message:post", {"room_id": "HERE", "body": None}, "empty"),
    ("message:post", {"room_id": "HERE", "body": 7}, "empty"),
    ("message:post", {"room_id": "HERE", "body": "\u200b\ufeff\u2060 \u200e\n"}, "empty"),
    ("message:post", {"room_id": "HERE", "body": ["hello"]}, "empty"),
    ("message:post", {"room_id": "HERE", "body": " \n\t "}, "empty"),
    ("message:post", {"room_id": "HERE", "body": "\x00"}, "empty"),
    ("message:post", {"room_id": "HERE", "body": "x" * 40_001}, "too_long"),
    ("message:post", {"room_id": "HERE", "body": "hello", "client_id": "mine"}, "bad_client_id"),
    ("message:post", {"room_id": "HERE", "body": "hello", "client_id": 7}, "bad_client_id"),
    ("message:post", {"room_id": "HERE", "body": "hello", "client_id": {}}, "bad_client_id"),
    ("message:edit", {"message_id": 2**62, "body": "hello"}, "not_found"),
    ("message:delete", {"message_id": "1"}, "bad_payload"),
    ("message:delete", {"message_id": 2**62}, "not_found"),
    ("no:such:thing", {"room_id": "HERE"}, "unknown_event"),
    ("message", {"room_id": "HERE"}, "unknown_event"),
    ("*", {"room_id": "HERE"}, "unknown_event"),
    ("hello", {}, "unknown_event"),
]


def test_malformed_payload_is_refused_with_its_code(strict, workspace, shared):
    with ChatClient(strict, shared.people[0]) as client:
        for event, payload, code in MALFORMED_PAYLOADS:
            if isinstance(payload, dict) and payload.get("room_id") == "HERE":
                payload = {**payload, "room_id": shared.room_id}  # noqa: PLW2901
            time.sleep(0.05)
            answer = client.call(event, payload)
            assert (answer["ok"], answer.get("error")) == (False, code), (event, payload, answer)
            assert answer["message"]
        assert client.connections == 1
    assert workspace.messages(shared.room_id) == []


@pytest.mark.parametrize(
    "body",
    [
        "half \ud83d a character",
        "\u202eback\u2066wards",
        "😀" * 40_000,
        "é" * 40_000,
        "'; DROP TABLE messages; --",
    ],
    ids=["half a character", "directions", "emoji", "longest", "statement"],
)
def test_unusual_valid_text_is_stored(strict, workspace, shared, body):
    with ChatClient(strict, shared.people[0]) as client:
        assert client.post(shared.room_id, body).wait()["ok"]
    (kept,) = workspace.messages(shared.room_id)
    assert kept.body == body.encode("utf-8", "replace").decode()


MALFORMED_FRAMES = [
    *("", "4", "42", "42[]", "42{}", '42"x"', "42[1]", "42[null]", "42[[]]", '42[{"a":1}]', "4200", "42 []"),
    *(
        '42["room:open"]',
        '42["room:open",{},{}]',
        '42/admin,["room:open",{}]',
        "40",
        "40/admin,",
        "44{}",
        "45",
        "46",
    ),
    *("49", "47", "48[]", "9", "x", "3", "2probe", "3probe", "5", "6", "43[]", "431[]", "43999[1]"),
    *('451-["message:post",{"_placeholder":true,"num":0}]', "459999999999-[]", "45-[]", "42" + "1" * 200),
    *(
        '42["message:post",NaN]',
        '42["message:post",{"room_id":1e400}]',
        "42" + "[" * 100_000,
        "42" + '{"a":' * 50_000,
    ),
    *(
        '42["connect",{}]',
        '42["disconnect"]',
        '42["connect_error"]',
        '42["__disconnect_final"]',
        '42["connect"]',
    ),
    *(b"", b"\x00", b"\xff" * 100, '42["' + "x" * 100_000 + '",{}]', "4" * 490_000, "4" * 600_000),
]


def test_malformed_frame_harms_no_other_socket(strict, shared):
    with ChatClient(strict, shared.people[1]) as listener:
        listener.open(shared.room_id)
        for turn, frame in enumerate(MALFORMED_FRAMES, start=1):
            with ChatClient(strict, shared.people[0], comes_back=False) as sender:
                sender.open(shared.room_id)
                sender.say(frame)
                assert listener.post(shared.room_id, f"unmoved by {frame[:20]!r}").wait()["ok"]
                listener.wait_for_all(shared.room_id, turn)
        assert listener.connections == 1
        listener.wait_until(lambda: names_present(listener) == {listener.person.name}, 5, "alone")


def names_present(client):
    """Return the names of the last presence announcement."""
    presences = client.heard("presence")
    return {person["name"] for person in presences[-1]["people"]} if presences else set()


def test_forged_disconnect_does_not_keep_a_right(company):
    shared = company.workspace.shared()
    author, liar = ChatClient(company.left, shared.people[0]), ChatClient(company.left, shared.people[1])
    with together([author, liar]):
        author.open(shared.room_id)
        liar.open(shared.room_id)
        liar.say('42["disconnect"]')
        liar.say('42["connect",{"HTTP_COOKIE":"","REMOTE_ADDR":"127.0.0.1"}]')
        company.console.do(
            "remove_member", shared.group_id, company.workspace.entry_of(shared, shared.people[1])
        )
        author.post(shared.room_id, "not for liars").wait()
        author.wait_for_all(shared.room_id, 1)
        liar.wait_for("room:removed", room_id=shared.room_id)
        assert not liar.heard("message:posted") and not liar.heard("room:unread")


UNAUTHENTICATED = {
    "no cookie": {"Cookie": ""},
    "a forged cookie": {
        "Cookie": "__Host-teamchat=eyJfdXNlcl9pZCI6IjEifQ.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"
    },
    "a cookie of another name": {"Cookie": "session=1; remember_token=1|x"},
}


@pytest.mark.parametrize("headers", UNAUTHENTICATED.values(), ids=UNAUTHENTICATED)
def test_unauthenticated_socket_is_refused(strict, shared, headers):
    with ChatClient(strict, shared.people[0], comes_back=False, headers=headers) as nobody:
        assert nobody.refused == "signed_out" and not nobody.is_connected
        assert nobody.events == []


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "null"])
def test_page_of_another_site_cannot_connect(strict, shared, origin):
    with ChatClient(strict, shared.people[0], comes_back=False, headers={"Origin": origin}) as visitor:
        assert visitor.refused and not visitor.is_connected and "400" in visitor.refused


def test_page_of_this_site_connects(strict, shared):
    own = {"Host": "chat.iwdemo.fr", "Origin": "https://chat.iwdemo.fr"}
    with ChatClient(strict, shared.people[0], headers=own) as visitor:
        assert visitor.is_connected
