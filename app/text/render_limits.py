"""Limits of the processor time for rendering one text, during which the process serves no other request.

The cost is counted in steps: positions at which the parser tries its rules. A step costs up to 20 µs for any text.
Constructs that cost more than their steps have limits of their own. Together they keep the longest message under
100 ms.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block.table import table
from markdown_it.rules_core.linkify import linkify
from markdown_it.rules_inline.linkify import linkify as linkify_inline

# A README of twenty thousand characters takes two thousand steps.
STEPS_MAX = 2_500

# Cells of all tables of a text. Short rows are filled to the header's width, so few characters can make many cells.
CELLS_MAX = 2_500

# Nested quotes and lists. The parser silently drops what is nested deeper than its own limit.
DEPTH_MAX = 50

# Possible addresses. A text with more gets no automatic links.
LINKS_MAX = 500

# Characters that reference links could expand to, if each bracket of the text used the longest definition.
REFERENCED_LENGTH_MAX = 100_000

ADDRESS = re.compile(r"\w\.\w|://|\w@\w")


class RenderLimitExceeded(Exception):
    """A text costs more to render than the limits allow."""


def bind(markdown: MarkdownIt) -> None:
    """Add the limits to a Markdown renderer. Error of its render(): RenderLimitExceeded."""
    everywhere: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    markdown.inline.ruler.before("text", "steps", _inline_step)
    markdown.block.ruler.before("table", "steps", _block_step, everywhere)
    markdown.block.ruler.at("table", _limited_table, {"alt": ["paragraph", "reference"]})
    markdown.inline.ruler.at("linkify", _limited_linkify_inline)
    markdown.core.ruler.at("linkify", _limited_linkify)
    markdown.core.ruler.after("normalize", "count_links", _count_links)
    markdown.core.ruler.after("block", "references", _limited_references)
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


def _limited_table(state, start: int, end: int, silent: bool) -> bool:
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
    """Return the lines up to the next empty one, an upper bound for a table that begins here.

    The empty line is searched once per paragraph.
    """
    if start >= state.env.get("empty_line", 0):
        line = start
        while line < state.lineMax and not state.isEmpty(line):
            line += 1
        state.env["empty_line"] = line
    return state.env["empty_line"] - start


def _limited_references(state) -> None:
    defined = state.env.get("references", {}).values()
    longest = max((len(link["href"]) + len(link["title"] or "") for link in defined), default=0)
    if longest * state.src.count("]") > REFERENCED_LENGTH_MAX:
        raise RenderLimitExceeded()


def _count_links(state) -> None:
    state.env["has_few_links"] = len(ADDRESS.findall(state.src)) <= LINKS_MAX


def _limited_linkify(state) -> None:
    if state.env["has_few_links"]:
        linkify(state)


def _limited_linkify_inline(state, silent: bool) -> bool:
    return state.env["has_few_links"] and linkify_inline(state, silent)
