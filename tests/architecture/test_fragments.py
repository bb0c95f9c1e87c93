"""A fragment is a block named like the id it replaces: every block that a view offers is there."""

import ast
import re

import pytest
from jinja2 import nodes

from tests.support import source

VIEWS = source.python_files("app/blueprints/")


def page_calls():
    """Yield every page(…) of the views: (file, line, template, blocks)."""
    for name in VIEWS:
        constants = constants_of(name)
        for called, node in source.calls(name):
            if called.split(".")[-1] == "page" and node.args:
                blocks_node = next((word.value for word in node.keywords if word.arg == "blocks"), None)
                yield (
                    name,
                    node.lineno,
                    value_of(node.args[0], constants),
                    value_of(blocks_node, constants) or (),
                )


def constants_of(name: str) -> dict:
    """Return a module's own constants, by name."""
    constants = {}
    for node in source.tree(name).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            constants[node.targets[0].id] = value_of(node.value, constants)
    return constants


def value_of(node, constants):
    """Return the value of an expression of literals and constants; None if it cannot be determined."""
    if isinstance(node, ast.Name):
        return constants.get(node.id)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = value_of(node.left, constants), value_of(node.right, constants)
        return left + right if left is not None and right is not None else None
    try:
        return ast.literal_eval(node) if node is not None else None
    except ValueError:
        return None


OFFERED = list(page_calls())


def test_views_offer_fragments():
    assert sum(len(blocks) for *_, blocks in OFFERED) > 5


@pytest.mark.parametrize(("name", "line", "template", "blocks"), OFFERED)
def test_offered_blocks_exist_with_their_id(built_app, name, line, template, blocks):
    if template is None:
        pytest.skip(f"{name}:{line} chooses its template while running")
    existing = built_app.jinja_env.get_template(template).blocks
    for block in blocks:
        assert block in existing, f"{name}:{line} offers {block!r}, which {template} has not"
        texts = "".join(chain(built_app, template))
        own = rf"""\{{%-?\s*block {block}\b(?:(?!endblock).)*?id=["']{block}["']"""
        around = rf"""id=["']{block}["'][^>]*>\s*\{{%-?\s*block {block}\b"""
        assert re.search(own, texts, re.DOTALL) or re.search(around, texts), (
            f"{template}: no element #{block}"
        )


def chain(app, template: str):
    """Return the text of a template with its includes, followed by the text of its possible layouts."""
    text, _path, _fresh = app.jinja_env.loader.get_source(app.jinja_env, template)
    parsed = app.jinja_env.parse(text)
    for node in parsed.find_all((nodes.Include, nodes.Import, nodes.FromImport)):
        if isinstance(node.template, nodes.Const):
            included = "".join(chain(app, node.template.value))
            text = _put(text, node.template.value, included)
    yield text
    for node in parsed.find_all(nodes.Extends):
        for layout in [node.template, *node.template.iter_child_nodes()]:
            if isinstance(layout, nodes.Const):
                yield from chain(app, layout.value)


def _put(text: str, name: str, included: str) -> str:
    """Return a text with an included file in place of its include statement."""
    return re.sub(rf"""\{{%-?\s*include\s+["']{re.escape(name)}["'].*?%\}}""", lambda _match: included, text)
