"""How much of the processor one text may take: while it is read, nobody else in this process is served.

It is counted in steps, the places at which the reader tries its rules. A step costs up to 20 µs, whatever is typed;
what costs more than its steps say has a limit of its own. Together they keep the longest message under 100 ms.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block.table import table
from markdown_it.rules_core.linkify import linkify
from markdown_it.rules_inline.linkify import linkify as linkify_inline

STEPS_MAX = 2_500
"""A README of twenty thousand characters takes two thousand."""
CELLS_MAX = 2_500
"""Cells of all tables of a text. Short rows are filled up to the width of the header: few characters make many."""
DEPTH_MAX = 50
"""Quotes and lists within each other. The reader leaves out without a word what is deeper than it goes."""
LINKS_MAX = 500
"""What looks like an address; when there is more of it, addresses stay text."""
REFERENCED_LENGTH_MAX = 100_000
"""Characters that a text's defined links could grow to, if each of its brackets used the longest of them."""

ADDRESS = re.compile(r"\w\.\w|://|\w@\w")


class RenderLimitExceeded(Exception):
    """There is more in a text than can be shown in time."""


def bind(markdown: MarkdownIt) -> None:
    """Have a reader of Markdown count its steps. Error of its render(): TooRich."""
    everywhere = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    markdown.inline.ruler.before("text", "steps", _inline_step)
    markdown.block.ruler.before("table", "steps", _block_step, everywhere)
    markdown.block.ruler.at("table", _modest_table, {"alt": ["paragraph", "reference"]})
    markdown.inline.ruler.at("linkify", _modest_linkify_inline)
    markdown.core.ruler.at("linkify", _modest_linkify)
    markdown.core.ruler.after("normalize", "count_links", _count_links)
    markdown.core.ruler.after("block", "references", _modest_references)
    markdown.options["maxNesting"] = DEPTH_MAX + 10


def _inline_step(state, _silent: bool) -> bool:
    return _step(state.env)


def _block_step(state, _start: int, _end: int, _silent: bool) -> bool:
    if state.level >= DEPTH_MAX:
        raise RenderLimitExceeded()
    return _step(state.env)


def _step(env: dict) -> bool:
    env["steps"] = env.get("steps", 0) + 1
    if env["steps"] > STEPS_MAX:
        raise RenderLimitExceeded()
    return False


def _modest_table(state, start: int, end: int, silent: bool) -> bool:
    columns = state.src.count("|", state.bMarks[start], state.eMarks[start]) + 1
    before = state.env.get("cells", 0)
    if columns == 1 or before + columns * _rows(state, start) > CELLS_MAX:
        return False
    if not table(state, start, end, silent):
        return False
    if not silent:
        state.env["cells"] = before + columns * (state.line - start)
    return True


def _rows(state, start: int) -> int:
    """Lines until the next empty one: at least as many as a table has that begins here. Looked for once a paragraph."""
    if start >= state.env.get("empty_line", 0):
        line = start
        while line < state.lineMax and not state.isEmpty(line):
            line += 1
        state.env["empty_line"] = line
    return state.env["empty_line"] - start


def _modest_references(state) -> None:
    defined = state.env.get("references", {}).values()
    longest = max((len(link["href"]) + len(link["title"] or "") for link in defined), default=0)
    if longest * state.src.count("]") > REFERENCED_LENGTH_MAX:
        raise RenderLimitExceeded()


def _count_links(state) -> None:
    state.env["has_few_links"] = len(ADDRESS.findall(state.src)) <= LINKS_MAX


def _modest_linkify(state) -> None:
    if state.env["has_few_links"]:
        linkify(state)


def _modest_linkify_inline(state, silent: bool) -> bool:
    return state.env["has_few_links"] and linkify_inline(state, silent)
