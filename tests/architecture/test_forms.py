"""Forms and dialogs: refusals go through app/blueprints/forms.py, dialogs through layouts/dialog.html."""

import ast
import re
from pathlib import Path

from tests.support import source

TEMPLATES = Path(source.ROOT) / "app/templates"
REFUSALS = {"Refusal", "Conflict", "Forbidden", "Invalid"}

# Views that look at a refusal and raise it again, or look for something without a form.
EXCEPTIONS = {
    "app/blueprints/licenses/views.py": "marks the form, then raises again",
    "app/blueprints/setup/views.py": "names the form's own field, then raises again",
    "app/blueprints/discovery/served.py": "answers programs, shows no form",
}


def caught(name: str) -> set[str]:
    """Return the names of the exceptions that a file catches."""
    handlers = [node.type for node in ast.walk(source.tree(name)) if isinstance(node, ast.ExceptHandler)]
    return {
        node.id
        for handler in handlers
        if handler is not None
        for node in ast.walk(handler)
        if isinstance(node, ast.Name)
    }


@source.each(name=source.python_files("app/blueprints/"))
def test_view_shows_refusals_through_the_helper(name):
    if name not in EXCEPTIONS:
        assert not caught(name) & REFUSALS, f"{name}: use submission() or refusals_to()"


def test_exceptions_are_still_needed():
    assert [name for name in EXCEPTIONS if not caught(name) & REFUSALS] == []


def dialogs():
    """Return every template that a view shows as a dialog: (file, line, template)."""
    for name in source.python_files("app/blueprints/"):
        for called, node in source.calls(name):
            is_dialog = called.split(".")[-1] in ("dialog", "chat_dialog", "room_dialog", "partial")
            texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            if is_dialog:
                yield from ((name, node.lineno, text) for text in texts if str(text).endswith(".html"))


def test_dialogs_extend_the_layout():
    shown = list(dialogs())
    assert len(shown) > 15
    assert [where for where in shown if "layouts/dialog.html" not in ancestors(where[2])] == []


def ancestors(template: str) -> set[str]:
    """Return the layouts that a template extends, as far as they are named in it."""
    parents = re.findall(r"""\{%\s*extends\s+["']([^"']+)["']\s*%\}""", (TEMPLATES / template).read_text())
    return set(parents).union(*(ancestors(parent) for parent in parents))
