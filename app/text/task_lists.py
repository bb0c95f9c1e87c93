"""Task lists: an item that begins with [ ] or [x] shows a box."""

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

BOX = re.compile(r"\[([ xX])\]\s")


def bind(markdown: MarkdownIt) -> None:
    """Have a reader of Markdown know task lists."""
    markdown.core.ruler.after("inline", "tasks", _tick)


def _tick(state) -> None:
    for place in range(2, len(state.tokens)):
        before, token = state.tokens[place - 2], state.tokens[place]
        match = (
            BOX.match(token.content) if token.type == "inline" and before.type == "list_item_open" else None
        )
        if match and token.children and token.children[0].content.startswith(match.group()):
            token.children[0].content = token.children[0].content[3:]
            token.children.insert(0, _box(match.group(1) != " "))


def _box(is_ticked: bool) -> Token:
    ticked = ' checked="checked"' if is_ticked else ""
    return Token("html_inline", "", 0, content=f'<input{ticked} disabled="disabled" type="checkbox">')
