"""Names: one word for one thing (docs/style.md), and no name that must be looked up twice."""

import ast
import re
from collections import defaultdict

import pytest

from tests.support import source

APP = source.python_files("app/")

# The right-hand column of the table in docs/style.md, and metaphors that were once used here, with their plurals.
# "history", "line", "seal" and "turn" are terms of other things as well: the history of a room, a line of text.
NOT_USED = {
    word + ending
    for word in (
        *("trail", "journal", "letter", "mailroom", "licence", "door", "verb", "question", "house", "floor"),
        *("gate", "crowd", "shelf", "kit", "wish", "cast", "corridor", "crumb", "purse", "stage", "scene"),
    )
    for ending in ("", "s", "es")
}
ALLOWED = {
    # Letters of an alphabet.
    "app/text/words.py": {"letter"},
    "app/text/__init__.py": {"letters"},
    "app/text/search_text.py": {"letters"},
    "app/rules/accounts/names.py": {"letters"},
    # Questions that a person answers before something is done.
    "app/blueprints/accounts/deletion.py": {"question"},
    "app/blueprints/accounts/views.py": {"question"},
    "app/blueprints/administrators/views.py": {"question"},
    "app/blueprints/domains/views.py": {"question"},
    "app/blueprints/features.py": {"question"},
    "app/blueprints/groups/deleting.py": {"question"},
    "app/blueprints/groups/views.py": {"question"},
    "app/blueprints/rights/adding.py": {"question"},
    "app/blueprints/rooms/acts.py": {"question"},
    "app/blueprints/rooms/people.py": {"question"},
}
# In these a line would be a grant.
OF_RIGHTS = (
    "app/rules/rights/",
    "app/queries/rights.py",
    "app/operations/rights.py",
    "app/blueprints/rights/",
)

RELATIVE_CLAUSE = re.compile(
    r"(what|which|who|whom|whose|how|where|when|why|whether|that|whatever|whoever)\b", re.I
)

# The nouns of docs/architecture.md.
NOUNS = {
    *(
        "accounts",
        "sessions",
        "groups",
        "rooms",
        "messages",
        "guests",
        "rights",
        "domains",
        "search",
        "mail",
        "audit",
    ),
    *("imports", "tasks", "discovery", "licenses", "certificates", "dashboard", "services", "server"),
}
# What each layer has besides: its own mechanisms, and sections of WebAdmin without a counterpart below.
BESIDES = {
    "models": {"base", "types"},
    "rules": set(),
    "queries": {"listing", "paging"},
    "operations": {"jobs", "locks", "bulk"},
    "jobs": {"handlers", "worker"},
    "blueprints": {"chat", "join", "own", "administrators", "bulk", "setup", "health"},
    "templates": {
        *("chat", "join", "own", "administrators", "bulk", "setup"),
        *("directory", "emails", "errors", "layouts", "ui"),
    },
}


def words_of(name: str) -> set[str]:
    """Return the words of a snake_case or CamelCase name, in lower case."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def names_in(tree: ast.Module) -> set[str]:
    """Return the names that a module defines: functions, classes, parameters, variables, attributes, aliases."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.add(node.attr)
        elif isinstance(node, ast.alias) and node.asname:
            names.add(node.asname)
    return names


@source.each(name=APP)
def test_names_use_the_words_of_the_glossary(name):
    not_used = NOT_USED - ALLOWED.get(name, set())
    if name.startswith(OF_RIGHTS):
        not_used = not_used | {"line", "lines"}
    wrong = {word for word in names_in(source.tree(name)) if words_of(word) & not_used}
    assert not wrong, f"docs/style.md has another word for these: {sorted(wrong)}"


@source.each(name=[name for name in source.files() if name.startswith("app/")])
def test_file_names_use_the_words_of_the_glossary(name):
    assert not words_of(name) & NOT_USED, "docs/style.md has another word for this"


@source.each(name=ALLOWED)
def test_exceptions_of_the_glossary_are_still_needed(name):
    used = set().union(*(words_of(word) for word in names_in(source.tree(name))))
    assert ALLOWED[name] <= used, f"not used any more: {sorted(ALLOWED[name] - used)}"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("open_door", {"open", "door"}),
        ("OpenDoor", {"open", "door"}),
        ("HTTPDoor2", {"http", "door"}),
        ("_DOOR", {"door"}),
        ("outdoor", {"outdoor"}),
    ],
)
def test_names_are_split_into_words(name, words):
    assert words_of(name) == words


def test_no_class_name_occurs_twice():
    places = defaultdict(list)
    for name in APP:
        for node in source.tree(name).body:
            if isinstance(node, ast.ClassDef):
                places[node.name].append(name)
    assert len(places) > 100
    twice = {name: files for name, files in places.items() if len(files) > 1}
    assert not twice, f"give these different names: {twice}"


@source.each(name=APP)
def test_no_module_has_a_vague_alias(name):
    aliases = {
        alias.asname
        for node in ast.walk(source.tree(name))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert not aliases & {"verbs", "questions", "asks", "does"}, "import the functions instead"


@source.each(name=source.python_files("app/", "bench/", "deploy/", "migrations/", "tests/"))
def test_no_docstring_opens_with_a_relative_clause(name):
    tree = source.tree(name)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    wrong = [
        docstring.splitlines()[0]
        for node in ast.walk(tree)
        if isinstance(node, documented) and (docstring := ast.get_docstring(node))
        if RELATIVE_CLAUSE.match(docstring)
    ]
    assert not wrong, f"open with a verb or a noun: {wrong}"


@source.each(layer=BESIDES)
def test_layers_have_the_same_nouns(layer):
    """Of blueprints and templates only the folders count: their modules are mechanisms of pages."""
    entries = [path for path in (source.ROOT / "app" / layer).iterdir() if not path.name.startswith("__")]
    if layer in ("blueprints", "templates"):
        entries = [path for path in entries if path.is_dir()]
    names = {path.stem for path in entries}
    strange = names - NOUNS - BESIDES[layer]
    assert not strange, f"take a noun of docs/architecture.md, or add one there: {sorted(strange)}"
    assert BESIDES[layer] <= names, f"not there any more: {sorted(BESIDES[layer] - names)}"


def test_nouns_are_those_of_the_documentation():
    text = (source.ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    listed = re.search(r"the same list of nouns in every layer\*\*: ([\w,\s]+)\.", text)
    assert listed and set(re.split(r",\s+", listed[1])) == NOUNS
