"""Templates and scripts: the content security policy, the conventions of the interface, and existing icons."""

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, nodes

from tests.support import source

APP = Path(__file__).parents[2] / "app"
TEMPLATES = APP / "templates"
SCRIPTS = APP / "static/js"
STYLES = APP / "static/css"

PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if "emails" not in path.parts)
MODULES = sorted(SCRIPTS.rglob("*.js"))
# The one module that may turn the server's HTML into nodes.
PARSER = SCRIPTS / "lib/fragments.js"

FORBIDDEN_IN_PAGES = {
    "a style attribute": r"""[\s"']style\s*=|["']style["']\s*:""",
    "a style element": r"<style\b",
    "an inline handler": r"""\son(?!e\s*=)[a-z]+\s*=|["']on[a-z]+["']\s*:""",
    "hx-on": r"hx-on\b",
    "a script in an attribute": r"""["'\s](?:js|javascript):""",
    "a trigger filter": r"""hx-trigger["']?\s*[=:]\s*(?:"[^"]*\[|'[^']*\[)""",
    "a script without nonce": r"<script\b(?![^>]*nonce=\"\{\{ csp_nonce\(\) \}\}\")",
    "hx-disable where hx-ignore is meant": r"\shx-disable(?:[\s>]|=\"true\")",
    "a file without hash": r"""(?:src|href)="/static/""",
}
FORBIDDEN_IN_SCRIPTS = {
    "HTML from a string": r"\b(?:innerHTML|outerHTML)\s*\+?=(?!=)|\binsertAdjacentHTML\b|\bdocument\.write",
    "a parser of HTML": r"\bparseFromString\b|\bcreateContextualFragment\b|\bparseHTMLUnsafe\b|\bsetHTMLUnsafe\b",
    "code from a string": r"\beval\s*\(|\bnew Function\b|set(?:Timeout|Interval)\s*\(\s*[\"'`]",
    "a style attribute": r"""setAttribute\(\s*["']style["']""",
    "a handler attribute": r"""setAttribute\(\s*["']on""",
}
LONGEST_LINE = 140
# Extraction needs a text in one piece: a string that is too long stands on a line of its own.
STRING_ALONE = re.compile(r"""\s*(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'),?""")
ALLOWED_IN_PARSER = {"HTML from a string", "a parser of HTML"}

# Where the kit's macros take the name of an icon: the place; by keyword it is `icon_name`, for icon() `name`.
ICON_PLACES = {
    "icon": 0,
    "button": 3,
    "submit": 2,
    "link_button": 3,
    "icon_button": 1,
    "icon_link": 1,
    "menu": 2,
    "menu_link": 2,
    "menu_button": 1,
    "menu_action": 2,
    "empty": 2,
    "badge": 2,
    "confirm_button": 7,
}


def found(text: str, patterns: dict) -> list[str]:
    return [
        f"line {text.count(chr(10), 0, match.start()) + 1}: {what}"
        for what, pattern in patterns.items()
        for match in re.finditer(pattern, text)
    ]


@source.each(path=sorted(TEMPLATES.rglob("*.html")))
def test_template_lines_fit(path):
    too_long = lines_too_long(path.read_text(encoding="utf-8"))
    assert not too_long, (
        f"{path.relative_to(TEMPLATES)}: break lines {too_long} after a comma or between attributes; "
        f"only a string alone on its line may exceed {LONGEST_LINE} characters"
    )


def lines_too_long(text: str) -> list[int]:
    """Return the numbers of the lines that are too long."""
    return [
        number
        for number, line in enumerate(text.splitlines(), 1)
        if len(line) > LONGEST_LINE and not STRING_ALONE.fullmatch(line)
    ]


def test_search_for_long_lines_passes_single_strings():
    string = f'"{"x" * LONGEST_LINE}"'
    assert lines_too_long(f"  {string},\n  {string}\n") == []
    assert lines_too_long(f"short\n{{{{ _({string}) }}}}\n  {string}, {string}\n") == [2, 3]


@source.each(path=PAGES)
def test_templates_contain_nothing_forbidden_by_policy(path):
    assert found(path.read_text(), FORBIDDEN_IN_PAGES) == []


@source.each(path=MODULES)
def test_scripts_build_no_markup_or_code_from_strings(path):
    allowed = ALLOWED_IN_PARSER if path == PARSER else set()
    patterns = {what: pattern for what, pattern in FORBIDDEN_IN_SCRIPTS.items() if what not in allowed}
    assert found(path.read_text(), patterns) == []


@source.each(path=MODULES)
def test_scripts_import_names_of_the_import_map(path):
    known = {
        "htmx",
        "socket.io-client",
        "uplot",
        *(f"teamchat/{m.relative_to(SCRIPTS).with_suffix('')}" for m in MODULES),
    }
    imported = re.findall(r"""(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)["']([^"']+)["']""", path.read_text())
    assert set(imported) <= known


@source.each(path=sorted(STYLES.rglob("*.css")))
def test_stylesheets_import_no_file_and_use_a_layer(path):
    text = path.read_text()
    assert not re.search(r"@import|url\((?!data:)", text)
    outside = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).strip()
    assert outside.startswith("@layer ")


@source.each(path=PAGES)
def test_icons_of_templates_are_in_the_sprite(path):
    assert icons_in(path.read_text()) - sprite() == set()


def test_icons_of_menus_are_in_the_sprite():
    offered = {
        name
        for path in APP.rglob("*.py")
        for name in re.findall(
            r"""(?:\bicon\s*=\s*|["']icon["']\s*:\s*)["']([a-z0-9-]+)["']""", path.read_text()
        )
    }
    assert offered - sprite() == set()


@cache
def sprite() -> set[str]:
    return set((TEMPLATES / "ui/icons.txt").read_text().split())


def icons_in(source: str) -> set[str]:
    """Return the icons that a template passes to macros."""
    tree = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"]).parse(source)
    return {name for call in tree.find_all(nodes.Call) for name in icons_of(call)}


def icons_of(call: nodes.Call):
    macro = getattr(call.node, "attr", None) or getattr(call.node, "name", None)
    if macro not in ICON_PLACES:
        return
    place = ICON_PLACES[macro]
    keyword = "name" if macro == "icon" else "icon_name"
    arguments = call.args[place : place + 1] + [given.value for given in call.kwargs if given.key == keyword]
    for argument in arguments:
        yield from strings_of(argument)


def strings_of(node):
    """Yield the literal strings that an expression may evaluate to."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, nodes.CondExpr):
        yield from strings_of(node.expr1)
        if node.expr2:
            yield from strings_of(node.expr2)
    elif isinstance(node, nodes.Or):
        yield from strings_of(node.left)
        yield from strings_of(node.right)
    elif isinstance(node, nodes.Getitem) and isinstance(node.node, nodes.Dict):
        for pair in node.node.items:
            yield from strings_of(pair.value)


def test_icon_search_reads_conditional_expressions():
    source = """{{ ui.icon("a" if x else "b") }}{{ ui.menu_link("l", "/", "c") }}{{ icon({"k": "d"}[k]) }}
    {% call ui.menu("id", "label", "e", is_icon_only=true) %}{% endcall %}{{ ui.button("l", icon_name="f") }}"""
    assert icons_in(source) == set("abcdef")
