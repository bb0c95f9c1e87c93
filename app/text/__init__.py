"""Rendering of messages: Markdown to HTML, sanitised after rendering."""

import re
from collections.abc import Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import escape

from app.text import highlighting, render_limits, task_lists

# A mention: @alias or @address, and not the second half of an address.
MENTION = re.compile(r"(?<![^\W_])@([\w.+-]+(?:@[\w.-]+\w)?)")

# A text without a match has no code. Searching is faster than parsing the Markdown.
CODE = re.compile(r"`|~~~|^(?: {4}| {0,3}\t)", re.MULTILINE)

# A text without a match, of printable characters, is one paragraph to Markdown and to the sanitiser: no markup, no
# address, no entity, no line that begins otherwise than with a letter or ends with a space, no empty line.
MARKUP = re.compile(r"[\\`*_\[\]<>|~&@]|//|\.[^\s.]|^(?![^\W\d_])|[^\S\n]$", re.MULTILINE)
NO_BREAK_SPACE = "\u00a0"

TAGS = {
    *("p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "hr", "a", "span"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "input"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "span": {"class", "data-account"},
    "code": {"class"},
    "input": {"type", "checked", "disabled"},
}


def render(body: str, people: dict[str, int] | None = None) -> str:
    """Return the sanitised HTML of a message. people: account ids by the names that may be mentioned, in lower case.

    Texts that Markdown renders as nothing, such as a link definition, and texts that exceed the render limits are
    shown as typed.
    """
    if not MARKUP.search(body) and _is_printable(body):
        return _plain_paragraph(body)
    return _rendered(body, people)


def _is_printable(body: str) -> bool:
    return body.replace("\n", "").replace(NO_BREAK_SPACE, "").isprintable()


def _plain_paragraph(body: str) -> str:
    """Return what `_rendered` returns for a text without markup, at a thirtieth of its cost."""
    lines = body.replace(NO_BREAK_SPACE, "&nbsp;").replace("\n", "<br>\n")
    return f"<p>{lines}</p>"


def _rendered(body: str, people: dict[str, int] | None = None) -> str:
    try:
        html = _clean(_markdown.render(body, {"people": people or {}}))
    except render_limits.RenderLimitExceeded:
        html = ""
    return html or _as_typed(body)


def _as_typed(body: str) -> str:
    lines = str(escape(body)).replace("\n", "<br>\n")
    return f"<p>{lines}</p>"


def _clean(html: str) -> str:
    return _cleaner.clean(html).strip()


def mentioned_names(body: str) -> set[str]:
    """Return the names mentioned in a text outside of code, in lower case and without the @."""
    names = {match.group(1).rstrip(".-").lower() for match in MENTION.finditer(body)}
    return names & _outside_code(body, names) if names and CODE.search(body) else names


def _outside_code(body: str, names: set[str]) -> set[str]:
    try:
        blocks = _markdown.parse(body, {"people": dict.fromkeys(names, 0)})
    except render_limits.RenderLimitExceeded:
        return set()
    tokens = [token for block in blocks for token in block.children or ()]
    return {token.content.lower() for token in tokens if token.type == "mention"}


def initials(name: str) -> str:
    """Return one or two letters for a person without a picture."""
    words = [word for word in re.split(r"[\s.@_-]+", name.strip()) if word]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [name.strip()[:2] or "?"]
    return "".join(letters).upper()


def _mention_rule(state: StateInline, silent: bool) -> bool:
    """Parse an @name as a mention, if it is one of the people who may be mentioned."""
    if state.src[state.pos] != "@":
        return False
    match = MENTION.match(state.src, state.pos)
    name = match.group(1).rstrip(".-") if match else ""
    if name.lower() not in state.env.get("people", {}):
        return False
    if not silent:
        token = state.push("mention", "", 0)
        token.content = name
        token.meta = {"account": state.env["people"][name.lower()]}
    state.pos += len(name) + 1
    return True


def _mention_html(_renderer, tokens: Sequence[Token], index: int, _options, _env) -> str:
    token = tokens[index]
    account = int(token.meta["account"])
    name = nh3.clean_text(token.content)
    return f'<span class="mention" data-account="{account}">@{name}</span>'


def _make_markdown() -> MarkdownIt:
    options = {"html": False, "linkify": True, "breaks": True}
    markdown = MarkdownIt("commonmark", options).enable(["table", "strikethrough", "linkify"])
    markdown.disable("image")
    task_lists.bind(markdown)
    render_limits.bind(markdown)
    markdown.inline.ruler.before("text", "mention", _mention_rule)
    markdown.add_render_rule("mention", _mention_html)
    markdown.add_render_rule("fence", highlighting.render_fence)
    return markdown


_markdown = _make_markdown()
_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener noreferrer nofollow ugc",
    set_tag_attribute_values={"a": {"target": "_blank"}},
)
