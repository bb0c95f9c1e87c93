"""Somebody who tries every entry point with every key: routes, parameters and socket events are read from the code.

What does not exist is asked for first: whatever exists and may not be known is then answered like it.
"""

import re
from dataclasses import dataclass, field
from functools import cache

from flask import Flask
from sqlalchemy import select

from app.blueprints import access_control
from app.extensions import db
from app.models import Base
from app.realtime import handlers
from tests.support import source
from tests.support.routes import WRITING, rules

ASKED = re.compile(r"""request\.(?:args|values|form)(?:\.get(?:list)?\(|\[)\s*"(\w+)\"""")
SAID = re.compile(r"""(?:number\(payload, |payload\.get\()"(\w+)\"""")
MAIN = re.compile(r"<main.*?</main>", re.S)
# What differs between two answers that say the same: tokens, references, marks, numbers.
PASSING = re.compile(r'name="csrf[^>]*>|\b[0-9a-f]{32}\b|[0-9a-f-]{36}|\d+')

MISSING = 987_654_321
# What would only sign the crawler out.
FAREWELLS = {"sessions.sign_out", "sessions.revoke_session", "sessions.revoke_other_sessions"}


class FoundOut(Exception):
    """The crawler has found something, and need not go on."""


def ids_of(parameter: str) -> set[int]:
    """Return the keys of the table that a parameter refers to: of accounts for account_id."""
    table = Base.metadata.tables.get(f"{parameter.removesuffix('_id')}s")
    return set(db.session.scalars(select(table.c.id))) if table is not None else set()


@dataclass
class Crawl:
    """Result of a crawl: secrets found, and the number of attempts. is_eager: stop at the first one found."""

    secrets: tuple[str, ...]
    is_eager: bool = False
    found: list[str] = field(default_factory=list)
    tried: int = 0

    def __post_init__(self):
        self._secret = re.compile("|".join(map(re.escape, self.secrets)), re.I)

    def look(self, where: str, text: str) -> None:
        """Note the secrets that a text tells."""
        self.tried += 1
        for secret in sorted(set(self._secret.findall(text))):
            self.note(f"{where} tells {secret}")

    def note(self, find: str) -> None:
        """Something was found."""
        self.found.append(find)
        if self.is_eager:
            raise FoundOut(find)


@dataclass(frozen=True)
class Insider:
    """A signed-in person who tries every entry point.

    rooms: rooms they are in. may_know: keys that may be answered differently, by the name of their parameter.
    hint: the first letters of every secret.
    """

    browser: object
    rooms: frozenset[int]
    may_know: dict[str, set[int]]
    hint: str


@cache
def parameters(pattern=ASKED, folder="app/") -> list[str]:
    """Names of everything that any view asks of a request, or any handler of a message."""
    names = {
        name
        for path in source.python_files(folder)
        for name in pattern.findall((source.ROOT / path).read_text())
    }
    return sorted(names - {"csrf_token", "next"})


def every_id() -> list[int]:
    """Return the keys of all rows."""
    keys = set()
    for table in Base.metadata.sorted_tables:
        column = table.primary_key.columns.values()[0]
        if column.type.python_type is int:
            keys |= set(db.session.scalars(select(column)))
    return sorted(keys)


class Walk:
    """A walk through all routes. keys: of all rows that there are."""

    def __init__(self, app: Flask, insider: Insider, crawl: Crawl):
        self.app, self.insider, self.crawl = app, insider, crawl
        self.keys = every_id()
        self.adapter = app.url_map.bind("localhost", url_scheme="https")
        self._missing = {}
        self._asked = set()

    def everywhere(self, *endpoints: str) -> None:
        """Ask for every page with every key; send every form to all keys of what it is about, and to some others.

        Where the gate of a section keeps everybody like them out, one key is as good as all.
        endpoints: only these, where one knows where to look.
        """
        for rule in rules(self.app):
            if endpoints and rule.endpoint not in endpoints:
                continue
            if access_control.guard_of(self.app, rule.endpoint) is access_control.administrators:
                self._look_in(rule, dict.fromkeys(_numbers(rule), self.keys[0]), is_shut=True)
                continue
            named = ids_of(_numbers(rule)[-1]) if _numbers(rule) else set()
            for place, values in enumerate(self._values(rule)):
                is_sent = place % 4 == 0 or bool(named & {list(values.values())[-1]})
                self._look_in(rule, values, is_sent=is_sent)

    def inside(self) -> None:
        """Only ask for what a person's own rooms show, and for pages that are about no room."""
        for rule in rules(self.app):
            is_open = access_control.guard_of(self.app, rule.endpoint) is not access_control.administrators
            for values in self._values(rule) if is_open and "GET" in rule.methods else ():
                if not values or set(values.values()) & self.insider.rooms:
                    self._get(rule, values)

    def _values(self, rule):
        """Every key for one parameter; for two, one's own rooms with every key, and some others with some."""
        numbers = _numbers(rule)
        if len(numbers) < 2:
            yield from ({numbers[0]: key} for key in self.keys) if numbers else [{}]
            return
        for key in self.keys:
            yield from (dict.fromkeys(numbers, key) | {numbers[0]: room} for room in self.insider.rooms)
        some = self.keys[:: max(1, len(self.keys) // 4)]
        yield from (dict.fromkeys(numbers, key) | {numbers[0]: first} for first in some for key in some)

    def _look_in(self, rule, values: dict, *, is_shut: bool = False, is_sent: bool = True) -> None:
        if "GET" in rule.methods:
            self._get(rule, values, is_shut)
        if is_sent and rule.methods & WRITING and rule.endpoint not in FAREWELLS and self._may_send(values):
            self._ask("POST", rule, values, is_shut)

    def _may_send(self, values: dict) -> bool:
        """One's own room would be changed by it; with a second key, a form is about what that one names."""
        last = next(reversed(values), None)
        return last is None or values[last] not in self.insider.may_know.get(last, ())

    def _get(self, rule, values: dict, is_shut: bool = False) -> None:
        """Request a page without parameters, then with every parameter of any view, and many keys where it answered."""
        status = self._ask("GET", rule, values, is_shut)
        more = self.keys[:: max(1, len(self.keys) // 5)] if status == 200 else []
        if is_shut or (status != 200 and (rule.endpoint, status) in self._asked):
            return
        self._asked.add((rule.endpoint, status))
        for key in [self.insider.hint, *more]:
            address = self._address(rule, values)
            answer = self.insider.browser.get(address, query_string=dict.fromkeys(parameters(), key))
            self.crawl.look(f"GET {address}?…={key}", answer.text + str(answer.headers))

    def _ask(self, method: str, rule, values: dict, is_shut: bool) -> int:
        """Ask once, look at the answer, and compare it with that for what does not exist."""
        answer = self._answer(method, rule, values)
        self.crawl.look(f"{method} {self._address(rule, values)}", answer.text + str(answer.headers))
        if values and not is_shut and not self._may_know(values):
            missing = self._answer_for_nothing(method, rule, values)
            if _meaning(answer) != missing:
                self.crawl.note(f"{method} {self._address(rule, values)} is not answered like {MISSING}")
        return answer.status_code

    def _answer(self, method: str, rule, values: dict):
        data = dict.fromkeys(parameters(), self.insider.hint) if method == "POST" else None
        return self.insider.browser.open(self._address(rule, values), method=method, data=data)

    def _answer_for_nothing(self, method: str, rule, values: dict) -> tuple:
        *first, last = values
        asked = (method, rule.endpoint, *(values[name] in self.insider.rooms for name in first))
        if asked not in self._missing:
            self._missing[asked] = _meaning(self._answer(method, rule, {**values, last: MISSING}))
        return self._missing[asked]

    def _may_know(self, values: dict) -> bool:
        *first, (last, key) = values.items()
        may = self.insider.may_know
        return all(value in may.get(name, ()) for name, value in first) and key in may.get(last, ())

    def _address(self, rule, values: dict) -> str:
        filled = {name: values.get(name, "x") for name in rule._converters}
        return self.adapter.build(rule.endpoint, filled)


def say(window, crawl: Crawl, hint: str, keys: list[int]) -> None:
    """Send every socket event about every key, and look at what is answered and heard."""
    names = parameters(SAID, "app/realtime/")
    for event in handlers.events():
        for key in [*keys, MISSING]:
            payload = dict.fromkeys(names, key) | {"body": f"@{hint}", "client_id": None}
            crawl.look(f"{event} {key}", str(window.call(event, payload)))
        crawl.look(event, str(window.wire.get_received()))


def _numbers(rule) -> list[str]:
    return [name for name, kind in rule._converters.items() if "Integer" in type(kind).__name__]


def _meaning(answer) -> tuple[int, str]:
    """Return the status, and the page's own message where it has one."""
    own = MAIN.search(answer.text)
    return answer.status_code, PASSING.sub("", own.group(0) if own else answer.text)
