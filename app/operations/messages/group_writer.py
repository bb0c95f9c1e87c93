"""Group commit: requests that wait while a commit is on its way share the next transaction.

A durable commit costs a flush of the disk, however much it holds. One writer a process takes what waits, and each
request gets its own answer after the commit. If a group fails, its requests are tried one by one, so that one bad
request never fails the others. Without a database all are refused at once.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import gevent
import structlog
from flask import Flask
from gevent.event import AsyncResult

from app.errors import Unavailable

log = structlog.get_logger()

# Requests in one transaction: beyond it the locks are held longer than the flush takes.
LARGEST_GROUP = 64


@dataclass(eq=False)
class Request:
    """A value and the answer to it. Two requests of one key never share a group."""

    key: Hashable
    value: object
    answer: AsyncResult = field(default_factory=AsyncResult)


class GroupWriter:
    """The greenlet that writes what waits, group by group, as long as something waits.

    write_many: takes a list of values in one transaction and returns a list of results, each a value or a refusal.
    write_one: takes one value and returns the result, or raises the refusal.
    """

    def __init__(self, write_many: Callable[[list], list], write_one: Callable) -> None:
        self.write_many = write_many
        self.write_one = write_one
        self._waiting: list[Request] = []
        self._is_writing = False

    def ask(self, app: Flask, key: Hashable, value: Any) -> Any:
        """Write a value together with what else waits. Returns its result or raises its refusal."""
        request = Request(key, value)
        self._waiting.append(request)
        self._begin(app)
        return request.answer.get()

    def _begin(self, app: Flask) -> None:
        if self._waiting and not self._is_writing:
            self._is_writing = True
            gevent.spawn(self._write, app)

    def _write(self, app: Flask) -> None:
        group = []
        try:
            while self._waiting:
                group = self._next_group()
                with app.app_context():
                    self._write_group(group)
        finally:
            # Also when this greenlet is killed: nobody waits for ever, and what came meanwhile gets a new writer.
            self._is_writing = False
            _answer_all([request for request in group if not request.answer.ready()], Unavailable())
            self._begin(app)

    def _next_group(self) -> list[Request]:
        group: list[Request] = []
        left: list[Request] = []
        keys: set[Hashable] = set()
        for request in self._waiting:
            # A key that was passed over stays behind: the requests of one key keep their order.
            fits = len(group) < LARGEST_GROUP and request.key not in keys
            (group if fits else left).append(request)
            keys.add(request.key)
        self._waiting = left
        return group

    def _write_group(self, group: list[Request]) -> None:
        if len(group) > 1 and self._write_at_once(group):
            return
        for request in group:
            try:
                request.answer.set(self.write_one(request.value))
            except Exception as error:
                request.answer.set_exception(error)

    def _write_at_once(self, group: list[Request]) -> bool:
        """Write a group in one transaction. Returns whether all have their answers."""
        try:
            results = self.write_many([request.value for request in group])
        except Unavailable as refusal:
            _answer_all(group, refusal)
        except Exception as error:
            log.info("a group is tried one by one", size=len(group), error=type(error).__name__)
            return False
        else:
            for request, result in zip(group, results, strict=True):
                _answer(request, result)
        return True


def _answer_all(group: list[Request], result: Any) -> None:
    for request in group:
        _answer(request, result)


def _answer(request: Request, result: Any) -> None:
    if isinstance(result, Exception):
        request.answer.set_exception(result)
    else:
        request.answer.set(result)
