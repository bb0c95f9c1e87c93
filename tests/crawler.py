"""Somebody who tries every door with every key: routes, parameters and socket events are read from the code."""

import re
from dataclasses import dataclass, field
from functools import cache
from itertools import product

from flask import Flask
from sqlalchemy import select

from app.blueprints import gate
from app.extensions import db
from app.models import Base
from app.realtime import handlers
from tests.architecture import source
from tests.routes import WRITING, rules

ASKED = re.compile(r"""request\.(?:args|values|form)(?:\.get(?:list)?\(|\[)\s*"(\w+)\"""")
SAID = re.compile(r"""(?:number\(payload, |payload\.get\()"(\w+)\"""")
MAIN = re.compile(r"<main.*?</main>", re.S)
PASSING = re.compile(r'name="csrf[^>]*>|\b[0-9a-f]{32}\b|[0-9a-f-]{36}|\d+')
"""What differs between two answers that say the same: tokens, references, marks, numbers."""

MISSING = 987_654_321
FAREWELLS = {"auth.sign_out", "auth.revoke_session", "auth.revoke_other_sessions"}
"""What would only sign the crawler out."""


class FoundOut(Exception):
    """The crawler has found something, and need not go on."""


@dataclass
class Crawl:
    """What was found where it should not be, and how much was tried. is_eager: the first find is enough."""

    secrets: tuple[str, ...]
    is_eager: bool = False
    found: list[str] = field(default_factory=list)
    tried: int = 0

    def look(self, where: str, text: str) -> None:
        """Note the secrets that a text tells."""
        self.tried += 1
        told = text.casefold()
        self.found += [f"{where} tells {secret}" for secret in self.secrets if secret.casefold() in told]
        if self.found and self.is_eager:
            raise FoundOut(self.found[0])


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
    """The keys of all rows that there are."""
    keys = set()
    for table in Base.metadata.sorted_tables:
        column = table.primary_key.columns.values()[0]
        if column.type.python_type is int:
            keys |= set(db.session.scalars(select(column)))
    return sorted(keys)


def walk(app: Flask, browser_of, crawl: Crawl, own_rooms: set[int], hint: str) -> None:
    """Ask for every page with every key, and send every form to every key that is not one's own.

    browser_of(): a browser of the one who tries. hint: how what they look for begins. Where the gate of a section
    keeps everybody like them out, one key is as good as all.
    """
    keys, browser = every_id(), browser_of()
    for rule in rules(app):
        behind = gate.gate_of(app, rule.endpoint) is gate.administrators
        for place, values in enumerate(_values(rule, keys[:1] if behind else keys)):
            address = _address(app, rule, values)
            if "GET" in rule.methods:
                _get(browser, crawl, address, hint, keys if place % 8 == 0 and not behind else [])
            is_own = bool(set(values.values()) & own_rooms)
            if rule.methods & WRITING and not is_own and place % 2 == 0 and rule.endpoint not in FAREWELLS:
                answer = browser.post(address, data=dict.fromkeys(parameters(), hint))
                crawl.look(f"POST {address}", answer.text + str(answer.headers))
                browser = browser_of() if answer.status_code in (302, 303, 401) else browser


def existence(app: Flask, browser, own_rooms: set[int]) -> list[str]:
    """Where something that exists is answered otherwise than something that does not."""
    differing = []
    for rule in rules(app):
        numbers = _numbers(rule)
        behind = gate.gate_of(app, rule.endpoint) is gate.administrators
        if behind or len(numbers) != 1 or "GET" not in rule.methods:
            continue
        expected = _answer(browser, _address(app, rule, {numbers[0]: MISSING}))
        for key in every_id():
            address = _address(app, rule, {numbers[0]: key})
            if key not in own_rooms and _answer(browser, address) != expected:
                differing.append(address)
    return differing


def say(window, crawl: Crawl, hint: str, keys: list[int]) -> None:
    """Send every socket event about every key, and look at what is answered and heard."""
    names = parameters(SAID, "app/realtime/")
    for event in handlers.events():
        for key in [*keys, MISSING]:
            payload = dict.fromkeys(names, key) | {"body": f"@{hint}", "client_id": None}
            crawl.look(f"{event} {key}", str(window.call(event, payload)))
        crawl.look(event, str(window.wire.get_received()))


def _get(browser, crawl: Crawl, address: str, hint: str, keys: list[int]) -> None:
    """Look at a page as it is; and, given keys, with every parameter that any view asks for."""
    crawl.look(f"GET {address}", browser.get(address).text)
    for key in [hint, *keys[:: max(1, len(keys) // 5)]] if keys else ():
        answer = browser.get(address, query_string=dict.fromkeys(parameters(), key))
        crawl.look(f"GET {address}?…={key}", answer.text + str(answer.headers))


def _values(rule, keys: list[int]):
    numbers = _numbers(rule)
    many = keys if len(numbers) < 2 else keys[:: max(1, len(keys) // 8)]
    for chosen in product(many, repeat=len(numbers)):
        yield dict(zip(numbers, chosen, strict=True))


def _numbers(rule) -> list[str]:
    return [name for name, kind in rule._converters.items() if "Integer" in type(kind).__name__]


def _address(app: Flask, rule, values: dict) -> str:
    filled = {name: values.get(name, "x") for name in rule._converters}
    with app.test_request_context(base_url="https://localhost"):
        return app.url_for(rule.endpoint, **filled)


def _answer(browser, address: str) -> tuple[int, str]:
    """The status, and what the page says where it says something of its own."""
    answer = browser.get(address)
    own = MAIN.search(answer.text)
    return answer.status_code, PASSING.sub("", own.group(0) if own else answer.text)
