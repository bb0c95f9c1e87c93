"""People who go on talking while something breaks."""

import threading
import time

from tests.support.faults.chat_client import ChatClient, Sent


class Load:
    """Every client posts, waits a moment, and posts again, until told to stop."""

    def __init__(self, clients: list[ChatClient], room_id: int, pause: float = 0.05):
        self.clients, self.room_id, self.pause = clients, room_id, pause
        self.sent: list[Sent] = []
        self._goes_on = True
        self._threads = [threading.Thread(target=self._talk, args=(one,), daemon=True) for one in clients]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error):
        self._goes_on = False
        for thread in self._threads:
            thread.join(10)

    def accepted(self) -> list[Sent]:
        """Return the messages acknowledged so far."""
        return [one for one in list(self.sent) if one.answer and one.answer["ok"]]

    def wait_for_more(self, count: int = 10, timeout: float = 20) -> None:
        """Wait until so many more messages have been accepted, counted from those asked for from now on."""
        start, end = time.monotonic(), time.monotonic() + timeout
        while sum(one.asked_at >= start for one in self.accepted()) < count:
            assert time.monotonic() < end, f"fewer than {count} messages accepted in {timeout} s"
            time.sleep(0.02)

    def _talk(self, client: ChatClient) -> None:
        turn = 0
        while self._goes_on:
            turn += 1
            self.sent.append(client.post(self.room_id, f"{turn} of {client.person.name}"))
            time.sleep(self.pause)
