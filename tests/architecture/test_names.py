"""Names: one word for one thing (docs/style.md), and no name that must be looked up twice."""

import ast
import re
from collections import defaultdict
from pathlib import Path

from tests.support import source

APP = source.python_files("app/")

# The right-hand column of the table in docs/style.md, and metaphors that were once used here.
NOT_USED = {
    *("trail", "journal", "letter", "mailroom", "licence", "door", "doors", "verb", "verbs", "questions"),
    *(
        "house",
        "floor",
        "gate",
        "crowd",
        "shelf",
        "kit",
        "wish",
        "corridor",
        "crumb",
        "purse",
        "stage",
        "scene",
    ),
}
# A letter of the alphabet is no mail.
LETTERS_OF_THE_ALPHABET = {"app/text/words.py", "app/rules/accounts/names.py", "app/text/__init__.py"}

RELATIVE_CLAUSE = re.compile(
    r"(what|which|who|whom|whose|how|where|when|why|whether|that|whatever|whoever)\b", re.I
)

LAYERS = ("models", "rules", "queries", "operations", "jobs", "blueprints", "templates")
# The nouns of docs/architecture.md: the sections of WebAdmin and what they hold, and services of the interface.
NOUNS = {
    *(
        "accounts",
        "administrators",
        "audit",
        "bulk",
        "certificates",
        "dashboard",
        "discovery",
        "domains",
        "folders",
    ),
    *(
        "grants",
        "groups",
        "guests",
        "imports",
        "join",
        "licenses",
        "mail",
        "messages",
        "own",
        "rights",
        "rooms",
    ),
    *("search", "server", "services", "sessions", "settings", "setup", "tasks", "figures", "memberships"),
}


def words_of(name: str) -> set[str]:
    """Return the words of a snake_case or CamelCase name, in lower case."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def names_in(tree: ast.Module) -> set[str]:
    """Return the names that a module defines: functions, classes, parameters, variables, attributes."""
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
    return names


@source.each(name=APP)
def test_names_use_the_words_of_the_glossary(name):
    not_used = NOT_USED - {"letter"} if name in LETTERS_OF_THE_ALPHABET else NOT_USED
    wrong = {word for word in names_in(source.tree(name)) | {Path(name).stem} if words_of(word) & not_used}
    assert not wrong, f"docs/style.md has another word for these: {sorted(wrong)}"


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


@source.each(layer=LAYERS)
def test_layers_have_the_same_nouns(layer):
    folders = {path.name for path in (source.ROOT / "app" / layer).iterdir() if path.is_dir()} - {
        "__pycache__"
    }
    others = {"chat", "health", "errors", "layouts", "ui", "emails", "icons", "directory", "webclient"}
    strange = folders - NOUNS - (others if layer in ("blueprints", "templates") else set())
    assert not strange, f"take a noun of docs/architecture.md, or add one there: {sorted(strange)}"
