"""Several requests, one transaction: what waits while a commit is on its way shares the next one.

A durable commit costs a flush of the disk, however much it holds. One writer a process takes what waits, and each
request still gets its own answer, after the commit. If a group fails, its requests are tried one by one: one bad
request never fails the others. Without a database nobody is to blame, and all are told at once.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

import gevent
import structlog
from flask import Flask
from gevent.event import AsyncResult

from app.errors import Unavailable

log = structlog.get_logger()

LARGEST_GROUP = 64
"""Requests in one transaction: beyond it the locks are held longer than the flush takes."""


@dataclass(eq=False)
class Request:
    """Something to do, and the place for its answer. Two requests of one key never share a group."""

    key: Hashable
    values: tuple
    answer: AsyncResult = field(default_factory=AsyncResult)


class GroupWriter:
    """many: does a list of values in one transaction and returns a list of results, each a value or a refusal.
    one: does the same for one."""

    def __init__(self, many: Callable[[list[tuple]], list], one: Callable):
        self.many = many
        self.one = one
        self._waiting: list[Request] = []
        self._is_writing = False

    def ask(self, app: Flask, key: Hashable, *values):
        """Do this together with what else is waiting. Returns or raises what it comes to."""
        request = Request(key, values)
        self._waiting.append(request)
        self._begin(app)
        return request.answer.get()

    def _begin(self, app: Flask) -> None:
        if self._waiting and not self._is_writing:
            self._is_writing = True
            gevent.spawn(self._write, app)

    def _write(self, app: Flask) -> None:
        """Whatever becomes of a group or of the writer, nobody waits for ever."""
        group = []
        try:
            while self._waiting:
                group = self._next_group()
                with app.app_context():
                    self._write_group(group)
        finally:
            self._is_writing = False
            _answer_all([request for request in group if not request.answer.ready()], Unavailable())
            self._begin(app)

    def _next_group(self) -> list[Request]:
        group, left, keys = [], [], set()
        for request in self._waiting:
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
                request.answer.set(self.one(*request.values))
            except Exception as error:
                request.answer.set_exception(error)

    def _write_at_once(self, group: list[Request]) -> bool:
        """Whether all have their answers. If not, which one is to blame shows when each is tried alone."""
        try:
            results = self.many([request.values for request in group])
        except Unavailable as refusal:
            _answer_all(group, refusal)
        except Exception as error:
            log.info("a group is tried one by one", size=len(group), error=type(error).__name__)
            return False
        else:
            for request, result in zip(group, results, strict=True):
                _answer(request, result)
        return True


def _answer_all(group: list[Request], result) -> None:
    for request in group:
        _answer(request, result)


def _answer(request: Request, result) -> None:
    if isinstance(result, Exception):
        request.answer.set_exception(result)
    else:
        request.answer.set(result)
