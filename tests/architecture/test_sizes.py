"""Files and functions have an upper size."""

from tests.support import source

LONGEST_FUNCTION = 50
LONGEST_FILE = 400
# What may be longer, by name, and why.
LONG_FUNCTIONS: dict[str, str] = {}
LONG_FILES = {"tests/blueprints/test_mail.py": "one page, its forms and its list, with the same fixtures"}

PYTHON_FILES = source.python_files("app/", "bin/", "bench/", "tests/", "deploy/", "wsgi.py")
SCRIPTS = [name for name in source.files() if name.startswith("app/static/js/") and name.endswith(".js")]


def length(node) -> int:
    return node.end_lineno - node.lineno + 1


def line_count(name) -> int:
    return len((source.ROOT / name).read_text(encoding="utf-8").splitlines())


@source.each(name=PYTHON_FILES)
def test_functions_have_at_most_50_lines(name):
    long = {
        f"{name}:{node.name}": length(node)
        for node in source.functions(name)
        if length(node) > LONGEST_FUNCTION
    }
    assert not long.keys() - LONG_FUNCTIONS.keys(), f"split these: {long}"


@source.each(name=PYTHON_FILES + SCRIPTS)
def test_files_have_at_most_400_lines(name):
    lines = line_count(name)
    assert lines <= LONGEST_FILE or name in LONG_FILES, f"{name} has {lines} lines: split it by its nouns"


def test_exceptions_are_still_needed():
    assert all(line_count(name) > LONGEST_FILE for name in LONG_FILES)
    for function in LONG_FUNCTIONS:
        name, _, function_name = function.partition(":")
        lengths = [length(node) for node in source.functions(name) if node.name == function_name]
        assert max(lengths, default=0) > LONGEST_FUNCTION, function
