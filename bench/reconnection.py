"""Costs of reconnection after a restart, and of idle connections."""

from bench import processes
from bench.fanout import Meter, arrive, open_room

PEOPLE = 1000
WARM_UP = 20
SETTLE_SECONDS = 2


def storm(target):
    """Connect everybody at once after a restart, wait idle, then open the room.

    Return the seconds and processor time of each until all have the room open, without the idle time, and KiB
    of the server's memory for each idle connection.
    """
    target.stop()
    target.start()
    first = arrive(target, WARM_UP, opens_room=False)
    first.read_for(SETTLE_SECONDS)
    before = processes.memory_kib(target.pids())
    crowd, coming = _measured(target, lambda: arrive(target, PEOPLE, opens_room=False, at_once=PEOPLE))
    crowd.read_for(SETTLE_SECONDS)
    idle = (processes.memory_kib(target.pids()) - before) / PEOPLE
    for client in crowd.clients:
        client.listen_again()
    _, opening = _measured(target, lambda: open_room(crowd.clients, target.room_id))
    for people in (crowd, first):
        people.close()
    return {
        "seconds": coming.wall + opening.wall,
        "server_ms_each": 1000 * (coming.server + opening.server) / PEOPLE,
        "kib": idle,
    }


def _measured(target, work):
    with Meter(target) as cost:
        result = work()
    return result, cost
