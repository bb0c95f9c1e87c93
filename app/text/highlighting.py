"""Syntax highlighting of code blocks within a time limit: crafted code can keep many lexers busy for minutes."""

import time
from collections.abc import Iterator, Sequence

from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from pygments import format as format_tokens
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

# Languages whose lexers check the time often: none of their single patterns took long on text crafted to be slow.
LANGUAGES = {
    *("bash", "batch", "c", "c++", "cpp", "cs", "csharp", "css", "dart", "diff", "docker", "dockerfile"),
    *("elixir", "go", "golang", "graphql", "groovy", "haskell", "html", "java", "javascript", "js", "json"),
    *("jsx", "kotlin", "lua", "make", "nginx", "perl", "php", "powershell", "ps1", "py", "python", "r"),
    *("rb", "rs", "ruby", "rust", "scss", "sh", "shell", "sql", "swift", "toml", "ts", "tsx", "typescript"),
    *("xml", "yaml", "yml"),
}

# Characters of the longest block that is highlighted.
CODE_LENGTH_MAX = 10_000

# Seconds of processor time per block. A message whose blocks have taken more gets no further highlighting.
TIMEOUT = 0.03

FORMATTER = HtmlFormatter(nowrap=True)


class HighlightingTimeout(Exception):
    """Highlighting of a block takes longer than TIMEOUT."""


def render_fence(_renderer, tokens: Sequence[Token], index: int, _options, env: dict) -> str:
    """Render a code block, as a rule of Markdown's renderer."""
    token = tokens[index]
    language = (token.info.split() or [""])[0]
    attribute = f' class="language-{escapeHtml(language)}"' if language else ""
    code = _highlighted(token.content, language, env) or escapeHtml(token.content)
    return f"<pre><code{attribute}>{code}</code></pre>\n"


def _highlighted(code: str, language: str, env: dict) -> str | None:
    spent = env.get("spent", 0.0)
    if language.lower() not in LANGUAGES or len(code) > CODE_LENGTH_MAX or spent > TIMEOUT:
        return None
    began = time.thread_time()
    try:
        lexer = get_lexer_by_name(language)
        return format_tokens(_timed(lexer.get_tokens(code), time.thread_time()), FORMATTER)
    except HighlightingTimeout:
        return None
    finally:
        env["spent"] = spent + time.thread_time() - began


def _timed(tokens: Iterator, began: float) -> Iterator:
    for token in tokens:
        if time.thread_time() - began > TIMEOUT:
            raise HighlightingTimeout()
        yield token
