"""The servers that a test of faults runs against, and what must hold when it is over."""

import contextlib
import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.support.faults.chat_client import ChatClient, Sent
from tests.support.faults.workspace import SharedRoom, Workspace
from tests.support.servers import VENV, Application, PrivateMariaDB, PrivateRedis, WebWorkers

# Load tests say more than people may.
GENEROUS = {"MESSAGE_BURST": "100000", "MESSAGE_RATE": "100000"}


class Console(Application):
    """A process of its own that runs operations, as the console does."""

    name = "console"

    def __init__(self, env: dict[str, str], actor_id: int, folder: Path | None = None):
        super().__init__(env, folder)
        self.actor_id = actor_id

    def command(self) -> list[str]:
        return [str(VENV / "python"), "-m", "tests.support.faults.console"]

    def start(self, wait: bool = True):
        self.process = subprocess.Popen(
            self.command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log.open("ab"),
            env=self.environment(),
            cwd=Path(__file__).resolve().parents[3],
            text=True,
            start_new_session=True,
        )
        if wait:
            self.wait_until_ready()
        return self

    def wait_until_ready(self) -> None:
        assert self.process.stdout.readline() == "ready\n", self.log.read_text()

    def do(self, command: str, *values) -> float:
        """Run an operation. Returns how many seconds it took."""
        self.process.stdin.write(json.dumps([command, self.actor_id, *values]) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert answer["error"] is None, answer["error"]
        return answer["took"]


@dataclass
class Company:
    """One MariaDB, one Redis, two web servers of one process each on both of them, a console, and somebody to look."""

    mariadb: PrivateMariaDB
    redis: PrivateRedis
    workspace: Workspace
    left: WebWorkers
    right: WebWorkers
    console: Console
    watch: SharedRoom

    def wake(self) -> None:
        """Have both processes listen to Redis, which begins with their first socket, until each hears the other.

        That two are listening is not enough: after a Redis that stood still one may be a line that was given up.
        """
        room_id, (somebody, *_) = self.watch.room_id, self.watch.people
        with ChatClient(self.left, somebody) as left, ChatClient(self.right, somebody) as right:
            until(lambda: self.redis_listeners() == 2, 15, "both processes listening to Redis")
            for one, other in ((left, right), (right, left)):
                one.open(room_id)
                other.open(room_id)
                until(lambda one=one, other=other: _crosses(one, other, room_id), 15, "words crossing", 0.1)

    def on_both(self, people) -> list[ChatClient]:
        """Return a client for each of these people, alternately on the left and on the right server."""
        return [ChatClient((self.left, self.right)[place % 2], person) for place, person in enumerate(people)]

    def mend(self) -> None:
        """Have everything run again that a test has left dead or frozen, so that the next one starts afresh."""
        for server in (self.mariadb, self.redis):
            server.thaw()
            if server.process is None or server.process.poll() is not None:
                server.start()
        for server in (self.left, self.right):
            server.wait_until_ready()
        self.wake()

    def redis_listeners(self) -> int:
        """Return the number of processes that listen to Redis."""
        from redis import Redis

        with Redis(unix_socket_path=str(self.redis.socket), socket_timeout=2) as connection:
            return connection.pubsub_numsub("teamchat")[0][1]


def environment(database_url: str, redis: PrivateRedis, **more: str) -> dict[str, str]:
    """Return the environment of the application's processes."""
    urls = {"DATABASE_URL": database_url, "REDIS_URL": redis.url}
    return {**urls, **GENEROUS, "DATABASE_TIMEOUT": "5", **more}


def assert_kept(workspace: Workspace, room_id: int, sent: list[Sent], readers: list[ChatClient] = ()) -> None:
    """Every message was accepted and is stored once; places have no hole; all readers know the same order."""
    answers = {one.client_id: one.wait() for one in sent}
    refused = [answer for answer in answers.values() if not answer["ok"]]
    assert not refused, refused[:3]
    kept = workspace.messages(room_id)
    assert [one.seq for one in kept] == list(range(1, len(kept) + 1))
    assert sorted(one.client_id for one in kept) == sorted(answers)
    for one in kept:
        answer = answers[one.client_id]
        assert (answer["seq"], answer["message_id"]) == (one.seq, one.message_id)
    order = {one.seq: one.client_id for one in kept}
    for reader in readers:
        reader.wait_for_all(room_id, len(kept))
        assert reader.known.get(room_id, {}) == order


def _crosses(one: ChatClient, other: ChatClient, room_id: int) -> bool:
    """Return whether a message posted to one process is pushed by the other, not only fetched there."""
    seq = one.post(room_id, "awake?").wait()["seq"]
    with contextlib.suppress(AssertionError):
        return bool(other.wait_for("message:posted", 1, room_id=room_id, seq=seq))
    return False


def until(is_so, timeout: float, what: str, every: float = 0.02) -> None:
    """Wait until something holds."""
    end = time.monotonic() + timeout
    while not is_so():
        assert time.monotonic() < end, f"not {what} within {timeout} s"
        time.sleep(every)
