"""Words of texts as message search compares them: without case and accents, and without what is between them.

Scripts without spaces are cut into pairs of letters, so that any part of two letters or more is found.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

# Characters of a word that are compared; the rest is ignored.
WORD_LENGTH_MAX = 40

# Distinct words of a message that are indexed. Messages with more are pasted data.
DISTINCT_WORDS_MAX = 2_000

# Terms of a query that are used; the rest is ignored.
TERMS_MAX = 8

# Characters of a query that are read.
QUERY_LENGTH_MAX = 500

# Characters shown before the first match, and half of those shown after it.
SNIPPET_CONTEXT = 90

_RUN = re.compile(r"[^\W_]+")
# Thai, Lao, Burmese, Khmer, kana and Han (Unicode blocks).
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")

_QUERY = re.compile(r'"([^"]*)"?|(\S+)')


@dataclass(frozen=True)
class SearchTerm:
    """A word, or a phrase of several. is_prefix: the word is still being typed and may continue."""

    words: tuple[str, ...]
    is_prefix: bool = False

    @property
    def is_phrase(self) -> bool:
        return len(self.words) > 1


@dataclass(frozen=True)
class WordPosition:
    """A folded word and its position in the text."""

    word: str
    start: int
    end: int


def fold(text: str) -> str:
    """Return a text without case and accents (Unicode: NFKD, no combining marks, casefold)."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def distinct_words(text: str) -> set[str]:
    """Return the distinct words of a text, at most DISTINCT_WORDS_MAX."""
    words = set()
    for position in word_positions(text):
        words.add(position.word)
        if len(words) >= DISTINCT_WORDS_MAX:
            break
    return words


def word_positions(text: str) -> Iterator[WordPosition]:
    """Yield the words of a text in order, with their positions in its NFC form."""
    for run in _RUN.finditer(unicodedata.normalize("NFC", text)):
        start = run.start()
        for part in _parts(run.group()):
            yield from _words_of_part(part, start)
            start += len(part)


def parse_query(query: str) -> list[SearchTerm]:
    """Return the terms of a query: words, and phrases in quotes. The last word may be a prefix."""
    terms, is_prefix = [], False
    for quoted, plain in _QUERY.findall(query[:QUERY_LENGTH_MAX]):
        words = tuple(position.word for position in word_positions(quoted or plain))
        is_prefix = bool(plain) and len(words) == 1
        if words:
            terms.append(SearchTerm(words))
    if terms and is_prefix and not query[-1:].isspace():
        terms[-1] = SearchTerm(terms[-1].words, is_prefix=True)
    return terms[:TERMS_MAX]


def contains_terms(text: str, terms: list[SearchTerm]) -> bool:
    """Return whether a text contains all terms."""
    positions = list(word_positions(text))
    return all(next(_matches(positions, term), None) is not None for term in terms)


def snippet(text: str, terms: list[SearchTerm]) -> Markup:
    """Return the part of a text around its first match as HTML, with all matches in it marked."""
    text = unicodedata.normalize("NFC", text)
    positions = list(word_positions(text))
    matches = sorted(match for term in terms for match in _matches(positions, term))
    first = matches[0][0] if matches else 0
    start, end = max(0, first - SNIPPET_CONTEXT), min(len(text), first + 2 * SNIPPET_CONTEXT)
    pieces, done = [], start
    for match_start, match_end in matches:
        if match_start < done or match_end > end:
            continue
        mark = Markup("<mark>{}</mark>").format(text[match_start:match_end])
        pieces += [escape(text[done:match_start]), mark]
        done = match_end
    pieces.append(escape(text[done:end]))
    before, after = ("… " if start else ""), (" …" if end < len(text) else "")
    return Markup(before) + Markup("").join(pieces) + Markup(after)


def _matches(positions: list[WordPosition], term: SearchTerm) -> Iterator[tuple[int, int]]:
    """Yield start and end of each match of a term."""
    length = len(term.words)
    for index in range(len(positions) - length + 1):
        run = positions[index : index + length]
        pairs = zip(run, term.words, strict=True)
        if all(_is_match(position.word, word, term.is_prefix) for position, word in pairs):
            yield run[0].start, run[-1].end


def _is_match(word: str, term_word: str, is_prefix: bool) -> bool:
    return word.startswith(term_word) if is_prefix else word == term_word


def _parts(run: str) -> list[str]:
    """Cut a run of letters at changes between scripts with and without spaces."""
    parts, start = [], 0
    for match in _UNSPACED.finditer(run):
        parts += [run[start : match.start()], match.group()]
        start = match.end()
    return [part for part in [*parts, run[start:]] if part]


def _words_of_part(part: str, start: int) -> Iterator[WordPosition]:
    if len(part) > 1 and _UNSPACED.fullmatch(part):
        for index in range(len(part) - 1):
            yield WordPosition(fold(part[index : index + 2]), start + index, start + index + 2)
        return
    word = fold(part)[:WORD_LENGTH_MAX]
    if word:
        yield WordPosition(word, start, start + len(part))
