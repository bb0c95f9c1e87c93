"""Small rooms: one idea a file, one idea a function."""

import statistics

from tests.support import source

LONGEST_FUNCTION = 50
LONGEST_JOURNEY = 60
"""A journey in a browser is told in one piece."""

LONGEST_FILE = 400
LONGEST_TEST_FILE = 500
"""A test file lists cases; so does a file that measures."""
MEDIAN = (2, 8)
"""Lines of a function, docstring and all."""

LONG_FUNCTIONS = {"app/config.py:settings": "a table: every setting with its variable and its default"}
LONG_FILES = {
    "app/static/js/elements/chat-timeline.js": "one conversation on the screen; its parts stand in lib/ already",
}
"""What may be longer, by name, and why."""

HOUSE = source.python_files("app/", "bin/", "bench/", "tests/", "deploy/", "wsgi.py")
SCRIPTS = [name for name in source.files() if name.startswith("app/static/js/") and name.endswith(".js")]


def length(node) -> int:
    return node.end_lineno - node.lineno + 1


def body_length(node) -> int:
    """Lines of a function without its head and its docstring."""
    first = node.body[1] if len(node.body) > 1 and source.is_text(node.body[0]) else node.body[0]
    return node.end_lineno - first.lineno + 1


@source.each(name=HOUSE)
def test_functions_fit_on_a_page(name):
    most = LONGEST_JOURNEY if name.startswith("tests/browser/") else LONGEST_FUNCTION
    long = {f"{name}:{node.name}": length(node) for node in source.functions(name) if length(node) > most}
    assert not long.keys() - LONG_FUNCTIONS.keys(), f"split these, {most} lines at most: {long}"


@source.each(name=HOUSE + SCRIPTS)
def test_files_hold_one_idea(name):
    lines = len((source.ROOT / name).read_text(encoding="utf-8").splitlines())
    most = LONGEST_TEST_FILE if name.startswith(("tests/", "bench/")) else LONGEST_FILE
    assert lines <= most or name in LONG_FILES, f"{name} has {lines} lines: split it by its nouns"


def test_most_functions_say_one_thing():
    lengths = [body_length(node) for name in source.python_files("app/") for node in source.functions(name)]
    assert MEDIAN[0] <= statistics.median(lengths) <= MEDIAN[1]


def test_the_allowances_are_still_needed():
    gone = [name for name in LONG_FILES if name not in source.files()]
    gone += [name for name in LONG_FUNCTIONS if name.partition(":")[0] not in source.files()]
    assert not gone
