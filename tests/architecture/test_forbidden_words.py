"""The project speaks of itself only: no machine paths, no work lists, no registry."""

import re

from tests.support import source

FORBIDDEN = {
    "a number of some list of work": r"\bissue\s*#?\d+|\bissues/\d+|(?<![\w&])#\d{1,3}\b(?!\d)",
    "a path of the machine it was made on": r"(?<![\w.-])/(?:work|tmp|home|root)/\w",
    "a package registry": r"registry\.npmjs|pypi\.org|files\.pythonhosted|npm\.pkg|registry=http|index-url",
    "unfinished work": r"\b(?:TODO|FIXME|XXX|HACK)\b",
    "a tool that wrote it": r"\b(?:chatgpt|openai|copilot|anthropic|claude)\b",
}
# Files that need such a word, and which.
ALLOWED = {
    "tests/architecture/test_forbidden_words.py": set(FORBIDDEN),
}

BINARY = (".png", ".ico", ".woff2", ".jpg", ".webp", ".gz")
# In these, # and digits are a colour or an address within a page.
STYLES = (".css", ".svg", ".html", ".js")


@source.each(name=[name for name in source.files() if not name.endswith(BINARY)])
def test_no_forbidden_word(name):
    text = (source.ROOT / name).read_text(encoding="utf-8")
    for subject, pattern in FORBIDDEN.items():
        if subject in ALLOWED.get(name, ()):
            continue
        if name.endswith(STYLES):
            pattern = pattern.replace(  # noqa: PLW2901
                r"|(?<![\w&])#\d{1,3}\b(?!\d)", ""
            )
        match = re.search(pattern, text, re.IGNORECASE if subject != "unfinished work" else 0)
        assert not match, f"{name} names {subject}: {match.group(0)!r}"
