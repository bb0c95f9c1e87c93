"""Forms as a browser would send them: what a page's form holds, before somebody changes something in it."""

import json
import re
from html.parser import HTMLParser


class _Fields(HTMLParser):
    """The values of every form of a page, by its action."""

    def __init__(self):
        super().__init__()
        self.forms: list[tuple[str, dict]] = []
        self._select = None
        self._textarea = None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.forms.append((attrs.get("action") or attrs.get("hx-post") or "", {}))
        elif not self.forms:
            return
        elif tag == "input":
            self._input(attrs)
        elif tag == "select":
            self._select = attrs.get("name")
        elif tag == "option" and self._select and ("selected" in attrs or self._select not in self._values):
            self._values[self._select] = attrs.get("value", "")
        elif tag == "textarea":
            self._textarea = attrs.get("name")
            self._values[self._textarea] = ""

    def handle_endtag(self, tag):
        if tag == "textarea":
            self._textarea = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data):
        if self._textarea:
            self._values[self._textarea] += (
                data.removeprefix("\n") if not self._values[self._textarea] else data
            )

    @property
    def _values(self) -> dict:
        return self.forms[-1][1]

    def _input(self, attrs):
        name, kind = attrs.get("name"), attrs.get("type", "text")
        is_off = kind in ("checkbox", "radio") and "checked" not in attrs
        if name and not is_off and kind not in ("submit", "button", "file"):
            self._values[name] = attrs.get("value", "on" if kind == "checkbox" else "")


def form_in(html: str, holding: str) -> dict:
    """Return the values of the form of a page that has a field of this name."""
    parser = _Fields()
    parser.feed(html)
    found = [values for _action, values in parser.forms if holding in values]
    assert found, f"no form with a field called {holding}"
    return found[0]


def filled(page: str) -> dict:
    """Return the values that a browser would send for the domain's form, unchanged."""
    data = {}
    for name in ("version", "seen"):
        data[name] = re.search(rf'id="{name}"[^>]*value="([^"]*)"', page)[1].replace("&#34;", '"')
    data |= {name: value for name, value in json.loads(data["seen"]).items() if value is not False}
    return {name: "y" if value is True else value for name, value in data.items()}
