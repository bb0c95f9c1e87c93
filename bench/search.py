"""Search in a company's messages: one room of 200,000, a thousand rooms, words as rare as in real text.

    TEST_DATABASE_URL=… python -m bench.search [--messages N] [--rooms N] [--explain]

It makes a database of its own, fills it, searches in this process, and drops it again. Times are those of the
query, rights and hits included, without the page around it.
"""

import argparse
import bisect
import os
import random
import statistics
import time

from sqlalchemy import event, insert, text
from sqlalchemy.engine import Engine

from app import create_app
from app.extensions import db
from app.models import Account, Message, MessageKind, MessageWord, Room, SearchMark, now
from app.operations import search as search_operations
from app.queries.search import messages as message_queries
from app.text import words
from tests.support import factories, schema

TIMES = 9
# Messages of each room but the large one.
IN_OTHER_ROOMS = 100

# Messages that the worker itself indexes, to measure its time.
INDEXED = 5_000

VOCABULARY = 20_000
# Words of a message; the word of rank n is n times rarer than the first (Zipf's law).
WORDS = 12

RARE = "zyzzogeton"
BATCH = 2_000
SYLLABLES = (
    "ba",
    "con",
    "de",
    "fi",
    "gra",
    "jo",
    "li",
    "mon",
    "pa",
    "ré",
    "su",
    "tra",
    "vo",
    "cha",
    "ne",
    "co",
)

QUERIES = {
    "a rare word": RARE,
    "a word that every third message holds": "{common} ",
    "a word of one message in a thousand": "{middling} ",
    "the beginning of a rare word": RARE[:6],
    "one letter": "c",
    "two letters": "co",
    "a beginning that is in few words": "{few}",
    "two common words": "{common} {second} ",
    "a common word and a rare one": "{common} " + RARE,
    "a phrase of common words": '"{common} {second}"',
    "a phrase that nobody said": '"{second} {middling}"',
    "a common word of somebody": "from:person1 {common} ",
    "somebody's messages": "from:person1",
    "a word that nobody said": "qqqqqq",
    "two words that never meet": "{middling} " + RARE,
}


def main() -> None:
    """Fill, measure, print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--messages", type=int, default=200_000)
    arguments.add_argument("--rooms", type=int, default=1_000)
    arguments.add_argument("--explain", action="store_true")
    options = arguments.parse_args()
    os.environ.setdefault("SECRET_KEY", "a secret of a measurement")
    os.environ.setdefault("LOG_LEVEL", "error")
    with schema.temporary_database(f"teamchat_search_{os.getpid()}") as url:
        app = create_app(TESTING=True, DEMO=False, SQLALCHEMY_DATABASE_URI=url, REDIS_URL="")
        with app.app_context():
            schema.migrate()
            company = Company(options.messages, options.rooms)
            company.fill()
            for location, room_id in (("everywhere", None), ("in the large room", company.large)):
                print(f"\n{location}")
                for name, query in QUERIES.items():
                    measure(company, name, query.format(**company.words), room_id, options.explain)
            db.session.remove()
            db.engine.dispose()


class Company:
    """A member of all rooms, and the messages there."""

    def __init__(self, messages: int, rooms: int):
        self.count, self.rooms_count = messages, rooms
        self.random = random.Random(7)
        vocabulary = (
            "".join(self.random.choices(SYLLABLES, k=1 + rank % 4)) + str(rank) for rank in range(VOCABULARY)
        )
        self.vocabulary = list(vocabulary)
        self.weights, total = [], 0.0
        for rank in range(VOCABULARY):
            total += 1 / (rank + 1)
            self.weights.append(total)
        self.words = {
            "common": self.vocabulary[1],
            "second": self.vocabulary[2],
            "middling": self.vocabulary[1_100],
            "few": self.vocabulary[5_000][:5],
        }

    def fill(self) -> None:
        """Store rooms, messages and words; the last messages of the large room through the worker's own operation."""
        domain = factories.make_domain("grand.example")
        with factories.in_one_commit():
            self.people = [factories.make_account(domain, f"person{number}") for number in range(20)]
            group = factories.make_group(domain, "everything")
            for person in self.people:
                factories.add_member(group, person)
            rooms = [factories.make_room(group, f"Room {number}") for number in range(self.rooms_count)]
        self.asker, self.large = self.people[0], rooms[0].id
        ids = [room.id for room in rooms]
        start = time.perf_counter()
        counts = self._said(self._order(ids))
        print(
            f"{sum(counts.values())} messages in {len(ids)} rooms: {time.perf_counter() - start:.0f} s",
            flush=True,
        )
        self._index_the_rest()

    def _order(self, rooms: list[int]) -> list[int]:
        """Return the room of each message, the large one's and the others' shuffled."""
        order = [rooms[0]] * self.count + [room for room in rooms[1:] for _ in range(IN_OTHER_ROOMS)]
        self.random.shuffle(order)
        return order

    def _said(self, order: list[int]) -> dict[int, int]:
        last: dict[int, int] = {}
        people = [person.id for person in self.people]
        for start in range(0, len(order), BATCH):
            messages, rows = [], []
            for number, room in enumerate(order[start : start + BATCH], start + 1):
                last[room] = seq = last.get(room, 0) + 1
                body = self._sentence() + (f" {RARE}" if room == self.large and seq == 4_321 else "")
                messages.append(self._message(number, room, seq, people[number % 20], body))
                if room != self.large or seq <= self.count - INDEXED:
                    message = {"room_id": room, "message_id": number, "seq": seq}
                    rows += [{"word": word, **message} for word in words.distinct_words(body)]
            db.session.execute(insert(Message.__table__), messages)
            db.session.execute(insert(MessageWord.__table__), rows)
        for room, seq in last.items():
            db.session.execute(Room.__table__.update().where(Room.id == room).values(last_seq=seq))
            read = seq if room != self.large else self.count - INDEXED
            db.session.add(SearchMark(room_id=room, last_seq=read, last_change=0))
        db.session.commit()
        for table in ("messages", "message_words", "search_marks", "rooms"):
            db.session.execute(text(f"ANALYZE TABLE {table}"))
        db.session.commit()
        return last

    def _message(self, number: int, room: int, seq: int, author: int, body: str) -> dict:
        fixed = {"note": 0, "change_no": 0, "kind": MessageKind.MESSAGE, "created_at": now()}
        own = {"id": number, "room_id": room, "seq": seq, "author_id": author, "client_id": f"bench-{number}"}
        return {**fixed, **own, "body": body, "html": f"<p>{body}</p>"}

    def _sentence(self) -> str:
        draw, total = self.random.random, self.weights[-1]
        return " ".join(self.vocabulary[bisect.bisect(self.weights, draw() * total)] for _ in range(WORDS))

    def _index_the_rest(self) -> None:
        start = time.perf_counter()
        while search_operations.index_room(self.large).has_more:
            pass
        each = (time.perf_counter() - start) / INDEXED * 1_000
        print(f"taking 1,000 messages among the words: {each:.2f} s", flush=True)


def measure(company: Company, name: str, query: str, room_id: int | None, explained: bool) -> None:
    """Print the time of a query in ms: median and worst of some."""
    times = []
    for _ in range(TIMES + 1):
        account = db.session.get(Account, company.asker.id)
        start = time.perf_counter()
        page = message_queries.find_messages(account, message_queries.parse_query(query, room_id))
        times.append(1_000 * (time.perf_counter() - start))
        db.session.rollback()
    count = f"{len(page.hits)}{'+' if page.next else ''} hits"
    spent = f"p50 {statistics.median(times[1:]):8.1f} ms   worst {max(times[1:]):8.1f} ms"
    print(f"{name:40} {spent}   {count:9} {query}", flush=True)
    if explained:
        explain(company, query, room_id)


def explain(company: Company, query: str, room_id: int | None) -> None:
    """Print the plans of the statements that read the words."""
    statements = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        if "FROM message_words" in statement:
            statements.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    message_queries.find_messages(
        db.session.get(Account, company.asker.id), message_queries.parse_query(query, room_id)
    )
    event.remove(Engine, "before_cursor_execute", note)
    for statement, parameters in statements:
        raw = db.session.connection().connection.cursor()
        start = time.perf_counter()
        raw.execute(f"ANALYZE {statement}", parameters)
        rows = raw.fetchall()
        print(
            f"      {1_000 * (time.perf_counter() - start):.1f} ms",
            *(row[2:] for row in rows),
            sep="\n        ",
        )
    db.session.rollback()


if __name__ == "__main__":
    main()
