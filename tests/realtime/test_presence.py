"""Who is there, as far as Redis tells; without it, those of this process."""

import redis

from app.realtime import presence


class Silent:
    """A Redis that stands still: every question runs into its timeout."""

    asked = 0

    def pipeline(self, **_options):
        self.asked += 1
        raise redis.TimeoutError("no answer")


def test_a_redis_that_stands_still_is_asked_once_and_then_left_alone(cast, window_of, monkeypatch):
    silent = Silent()
    monkeypatch.setattr(presence, "_store", silent)
    monkeypatch.setattr(presence, "_silent_until", 0.0)
    jean = window_of(cast.jean)
    people = jean.call("room:open", {"room_id": cast.room.id})["people"]
    for _ in range(5):
        presence.refresh()
    assert silent.asked == 1
    assert [person["id"] for person in people] == [cast.jean.id]
