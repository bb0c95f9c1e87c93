"""Groups of a table in an order in which each can be made: those that others have as members come first."""

from collections.abc import Iterator

SHOWN = 20
"""Addresses that are told of a circle."""


def inner_first(inner: dict[str, list[str]]) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """The names, what they contain first, and for each that would close a circle the way from it to itself.

    inner: what each name contains, all of them names too. A table is deeper than Python's stack: so no recursion.
    """
    order, circles, done = [], {}, set()
    for start in inner:
        if start in done:
            continue
        path, place, rest = [start], {start: 0}, [iter(inner[start])]
        while path:
            following = _next(rest[-1], done)
            if following is None:
                name = path.pop()
                rest.pop()
                place.pop(name)
                done.add(name)
                order.append(name)
            elif following in place:
                circles.setdefault(path[-1], _way(path, place[following]))
            else:
                place[following] = len(path)
                path.append(following)
                rest.append(iter(inner[following]))
    return order, circles


def _next(names: Iterator[str], done: set[str]) -> str | None:
    return next((name for name in names if name not in done), None)


def _way(path: list[str], first: int) -> tuple[str, ...]:
    """From the last of a path over the one it contains back to itself; what is too long is cut in the middle."""
    inside = path[first:][:SHOWN]
    return (path[-1], *inside) if inside[-1] == path[-1] else (path[-1], *inside, "…", path[-1])
