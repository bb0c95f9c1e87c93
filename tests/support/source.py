"""The project's own source, as the architecture tests read it."""

import ast
import inspect
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# Cases that a failure tells of.
SHOWN = 20

BUILT = ("var/", "node_modules/", "app/static/vendor/")


@cache
def files() -> tuple[str, ...]:
    """Every file that belongs to the project: what git keeps or would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = sorted(set(listed.stdout.splitlines()))
    return tuple(name for name in names if (ROOT / name).is_file() and not name.startswith(BUILT))


def python_files(*folders: str) -> list[str]:
    """Python files below these folders, scripts without a suffix included."""
    below = [name for name in files() if name.startswith(folders)]
    return [name for name in below if name.endswith(".py") or _is_script(name)]


def _is_script(name: str) -> bool:
    path = ROOT / name
    return "." not in path.name and path.read_bytes()[:40].startswith(b"#!/usr/bin/env python3")


@cache
def tree(name: str) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse((ROOT / name).read_text(encoding="utf-8"), name)


def module_of(name: str) -> str:
    """Return the module name of a file: app.rules.access for app/rules/access.py."""
    parts = Path(name).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, str]:
    """Return the application's files by their module names."""
    return {module_of(name): name for name in python_files("app/")}


def imports(name: str) -> set[str]:
    """Return the dotted names that a file imports; `from a import b` counts as a.b if that is our module."""
    found = set()
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            known = {one for one in inner if one in modules()}
            found.update(known)
            if known != inner:
                found.add(node.module)
    return found


def imported_names(name: str) -> set[tuple[str, str]]:
    """Every (module, name) of the `from module import name` lines of a file."""
    return {
        (node.module, alias.name)
        for node in ast.walk(tree(name))
        if isinstance(node, ast.ImportFrom) and node.level == 0
        for alias in node.names
    }


def functions(name: str):
    """Every function of a file."""
    return (node for node in ast.walk(tree(name)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def dotted(node: ast.AST) -> str:
    """Return the name that an expression calls, as written: `db.session.add`."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def calls(name: str):
    """Every call in a file, as (the dotted name, the node)."""
    return ((dotted(node.func), node) for node in ast.walk(tree(name)) if isinstance(node, ast.Call))


def is_text(node: ast.stmt) -> bool:
    """Return whether a statement is a docstring."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def each(**cases):
    """Make a check of many cases one test: reporting thousands of tests costs more than running them.

    cases: the name of the check's parameter, and its values. Every failing case is reported.
    """
    ((parameter, values),) = cases.items()
    values = list(values)

    def of_all(check):
        def test(**fixtures):
            wrong = [said for value in values if (said := _complaint(check, {parameter: value, **fixtures}))]
            assert values, "there is nothing to look at"
            assert not wrong, "\n".join([f"{len(wrong)} of {len(values)}:", *wrong[:SHOWN]])

        wanted = inspect.signature(check)
        others = [one for name, one in wanted.parameters.items() if name != parameter]
        test.__name__, test.__doc__, test.__module__ = check.__name__, check.__doc__, check.__module__
        test.__signature__ = wanted.replace(parameters=others)
        test.pytestmark = getattr(check, "pytestmark", [])
        return test

    return of_all


def _complaint(check, arguments: dict) -> str | None:
    try:
        check(**arguments)
    except AssertionError as error:
        return f"{next(iter(arguments.values()))}: {error}"
    return None
