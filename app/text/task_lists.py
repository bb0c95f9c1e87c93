"""Task lists in Markdown: an item that begins with [ ] or [x] shows a checkbox."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

CHECKBOX = re.compile(r"\[([ xX])\]\s")


def bind(markdown: MarkdownIt) -> None:
    """Add task lists to a Markdown renderer."""
    markdown.core.ruler.after("inline", "tasks", _replace_checkboxes)


def _replace_checkboxes(state: StateCore) -> None:
    for index in range(2, len(state.tokens)):
        item, token = state.tokens[index - 2], state.tokens[index]
        if item.type != "list_item_open" or token.type != "inline":
            continue
        match = CHECKBOX.match(token.content)
        if match and token.children and token.children[0].content.startswith(match.group()):
            token.children[0].content = token.children[0].content[3:]
            token.children.insert(0, _checkbox(match.group(1) != " "))


def _checkbox(is_checked: bool) -> Token:
    checked = ' checked="checked"' if is_checked else ""
    return Token("html_inline", "", 0, content=f'<input{checked} disabled="disabled" type="checkbox">')
