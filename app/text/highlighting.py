"""Code in colours, as long as they are found fast: many patterns of many languages can be made to take minutes."""

import time
from collections.abc import Iterator

from markdown_it.common.utils import escapeHtml
from pygments import format as format_tokens
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

LANGUAGES = {
    *(
        "bash",
        "batch",
        "c",
        "c++",
        "cpp",
        "cs",
        "csharp",
        "css",
        "dart",
        "diff",
        "docker",
        "dockerfile",
        "elixir",
    ),
    *(
        "go",
        "golang",
        "graphql",
        "groovy",
        "haskell",
        "html",
        "java",
        "javascript",
        "js",
        "json",
        "jsx",
        "kotlin",
    ),
    *(
        "lua",
        "make",
        "nginx",
        "perl",
        "php",
        "powershell",
        "ps1",
        "py",
        "python",
        "r",
        "rb",
        "rs",
        "ruby",
        "rust",
    ),
    *("scss", "sh", "shell", "sql", "swift", "toml", "ts", "tsx", "typescript", "xml", "yaml", "yml"),
}
"""Those whose single patterns, tried with text made to hurt, never took long: only then can time be kept."""
CODE_LENGTH_MAX = 10_000
"""Characters of a block above which it stays without colours."""
TIMEOUT = 0.03
"""Seconds of the processor that a block may take, and twice that a message: what is not done by then stays without."""

FORMATTER = HtmlFormatter(nowrap=True)


class HighlightingTimeout(Exception):
    """The colours take longer than they are worth."""


def render_fence(_renderer, tokens, place: int, _options, env: dict) -> str:
    """A block of code, as Markdown's renderer asks for it."""
    token = tokens[place]
    language = (token.info.split() or [""])[0]
    named = f' class="language-{escapeHtml(language)}"' if language else ""
    return f"<pre><code{named}>{_coloured(token.content, language, env) or escapeHtml(token.content)}</code></pre>\n"


def _coloured(code: str, language: str, env: dict) -> str | None:
    spent = env.get("spent", 0.0)
    if language.lower() not in LANGUAGES or len(code) > CODE_LENGTH_MAX or spent > TIMEOUT:
        return None
    began = time.thread_time()
    try:
        lexer = get_lexer_by_name(language)
        return format_tokens(_in_time(lexer.get_tokens(code), time.thread_time()), FORMATTER)
    except HighlightingTimeout:
        return None
    finally:
        env["spent"] = spent + time.thread_time() - began


def _in_time(tokens: Iterator, began: float) -> Iterator:
    for token in tokens:
        if time.thread_time() - began > TIMEOUT:
            raise HighlightingTimeout()
        yield token
