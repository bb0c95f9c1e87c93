"""Pages preload the modules that their entry modules import."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "app/static/js"


class Head(HTMLParser):
    """The modules in the head of a page."""

    def __init__(self, page: str):
        super().__init__()
        self.order, self.preloads, self.entries, self.map = [], [], [], {}
        self._is_map = False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        kind = attributes.get("rel") if tag == "link" else attributes.get("type") if tag == "script" else None
        self._is_map = kind == "importmap"
        if kind in ("importmap", "modulepreload", "module"):
            self.order.append(kind)
        if kind == "modulepreload":
            self.preloads.append(attributes["href"])
        if kind == "module":
            self.entries.append(attributes["src"])

    def handle_endtag(self, tag):
        self._is_map = False

    def handle_data(self, data):
        if self._is_map and data.strip():
            self.map |= json.loads(data)["imports"]


def imports_of(name: str) -> set[str]:
    """Return the names that a module imports statically."""
    path = SCRIPTS / f"{name.removeprefix('teamchat/')}.js"
    if not name.startswith("teamchat/"):
        return set()
    statements = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    return set(re.findall(r'(?:\bfrom|^import) "([^"]+)"', statements, flags=re.MULTILINE))


def closure(names: set[str]) -> set[str]:
    """Return these modules and everything that they import."""
    more = names.union(*(imports_of(name) for name in names))
    return names if more == names else closure(more)


@pytest.mark.parametrize(
    ("address", "entries"),
    [
        ("/sign-in", {"app"}),
        ("/admin/", {"app", "elements/figures", "elements/folds"}),
        ("/webmail/rooms/{room}", {"app", "elements/chat"}),
    ],
)
def test_page_preloads_every_imported_module_once(people, client_of, visitor, address, entries):
    reader = {"/sign-in": lambda: visitor, "/admin/": lambda: client_of(people.admin)}
    browser = reader.get(address, lambda: client_of(people.arthur))()
    head = Head(browser.get(address.format(room=people.room.id), follow_redirects=True).text)
    names = {f"teamchat/{entry}" for entry in entries}
    assert set(head.entries) == {head.map[name] for name in names}
    assert sorted(head.preloads) == sorted(head.map[name] for name in closure(names) - names)


def test_import_map_precedes_all_modules(visitor):
    head = Head(visitor.get("/sign-in", follow_redirects=True).text)
    assert head.order.index("importmap") == 0
    assert head.order == sorted(head.order, key=["importmap", "modulepreload", "module"].index)
