"""Groups of a table in an order in which each can be made: those that others have as members come first."""

from collections.abc import Iterator

SHOWN = 20
"""Addresses that are told of a circle."""


PASSES = 100
"""Searches for circles, each without the rows that the earlier ones have found. A circle that is left after so many is
refused when its row is done."""


def inner_first(
    inner: dict[str, list[str]], added: dict[str, list[str]]
) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """The names, what they contain first, and for each that would close a circle the way from it to itself.

    inner: what each name contains, all of them names too. added: what of it is new; one that adds nothing to a circle
    does not close it. What closes one adds nothing, so further circles are looked for without it.
    """
    circles = {}
    for _pass in range(PASSES):
        order, found = _search(inner, added)
        if not found:
            break
        circles |= found
        inner = {
            name: [one for one in names if name not in found or one not in added[name]]
            for name, names in inner.items()
        }
    return order, circles


def _search(inner: dict, added: dict) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """One walk through all names: their order, and who closes a circle. A table is deeper than Python's stack: so no
    recursion. Of several ways to what has been looked through only the first is seen."""
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
                circle = _closed(path[place[following] :], added, circles)
                if circle:
                    circles[circle[0]] = _way(circle)
            else:
                place[following] = len(path)
                path.append(following)
                rest.append(iter(inner[following]))
    return order, circles


def _next(names: Iterator[str], done: set[str]) -> str | None:
    return next((name for name in names if name not in done), None)


def _closed(circle: list[str], added: dict[str, list[str]], known: dict) -> list[str]:
    """A circle, begun with the last name that adds the one behind it; all else was there before.

    Empty where nobody adds anything to it, or where one of those who do is known to be refused.
    """
    size = len(circle)
    adding = [place for place in range(size) if circle[(place + 1) % size] in added.get(circle[place], ())]
    if not adding or any(circle[place] in known for place in adding):
        return []
    return circle[adding[-1] :] + circle[: adding[-1]]


def _way(circle: list[str]) -> tuple[str, ...]:
    """From the first of a circle over the one it contains back to itself; what is too long is cut in the middle."""
    first, inside = circle[0], circle[1 : SHOWN + 1]
    return (first, *inside, first) if len(circle) <= SHOWN + 1 else (first, *inside, "…", first)
