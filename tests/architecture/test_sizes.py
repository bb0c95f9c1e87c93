"""Files and functions have an upper size."""

from tests.support import source

LONGEST_FUNCTION = 50
# A browser test follows a person through several pages.
LONGEST_BROWSER_TEST = 60

LONGEST_FILE = 400
# A test file lists cases; so does a file that measures.
LONGEST_TEST_FILE = 500
# What may be longer, by name, and why.
LONG_FUNCTIONS = {"app/config.py:settings": "a table: every setting with its variable and its default"}
LONG_FILES: dict[str, str] = {}

PYTHON_FILES = source.python_files("app/", "bin/", "bench/", "tests/", "deploy/", "wsgi.py")
SCRIPTS = [name for name in source.files() if name.startswith("app/static/js/") and name.endswith(".js")]


def length(node) -> int:
    return node.end_lineno - node.lineno + 1


@source.each(name=PYTHON_FILES)
def test_functions_have_at_most_50_lines(name):
    most = LONGEST_BROWSER_TEST if name.startswith("tests/browser/") else LONGEST_FUNCTION
    long = {f"{name}:{node.name}": length(node) for node in source.functions(name) if length(node) > most}
    assert not long.keys() - LONG_FUNCTIONS.keys(), f"split these, {most} lines at most: {long}"


@source.each(name=PYTHON_FILES + SCRIPTS)
def test_files_have_at_most_400_lines(name):
    lines = len((source.ROOT / name).read_text(encoding="utf-8").splitlines())
    most = LONGEST_TEST_FILE if name.startswith(("tests/", "bench/")) else LONGEST_FILE
    assert lines <= most or name in LONG_FILES, f"{name} has {lines} lines: split it by its nouns"


def test_exceptions_are_still_needed():
    gone = [name for name in LONG_FILES if name not in source.files()]
    gone += [name for name in LONG_FUNCTIONS if name.partition(":")[0] not in source.files()]
    assert not gone
