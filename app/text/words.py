"""Words, as search compares them: without case and accents, whatever stands between them left out.

Scripts that write no spaces are cut into pairs of letters, so that any piece of two letters or more is found.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

WORD_LENGTH_MAX = 40
"""Characters of a word that are compared; what follows makes no difference."""

DISTINCT_WORDS_MAX = 2_000
"""Different words of one message that are kept: more stand in what was pasted, and nobody searches there."""

TERMS_MAX = 8
"""Words of a question that are looked for; what follows is left out."""

SNIPPET_CONTEXT = 90
"""Characters shown on each side of the first hit."""

_RUN = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
"""Thai, Lao, Burmese, Khmer, kana and Han (Unicode blocks)."""

_QUESTION = re.compile(r'"([^"]*)"?|(\S+)')


@dataclass(frozen=True)
class SearchTerm:
    """One thing looked for: words that follow each other. The last one may go on where it is still being typed."""

    words: tuple[str, ...]
    is_prefix: bool = False

    @property
    def is_phrase(self) -> bool:
        return len(self.words) > 1


@dataclass(frozen=True)
class WordPosition:
    """A word where it stands in a text."""

    word: str
    start: int
    end: int


def fold(text: str) -> str:
    """A text without case and accents (Unicode: NFKD, no combining marks, casefold)."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def distinct_words(text: str) -> set[str]:
    """The different words of a text."""
    found = set()
    for piece in word_positions(text):
        found.add(piece.word)
        if len(found) >= DISTINCT_WORDS_MAX:
            break
    return found


def word_positions(text: str) -> Iterator[WordPosition]:
    """The words of a text, in order, each with its place."""
    for run in _RUN.finditer(unicodedata.normalize("NFC", text)):
        place = run.start()
        for part in _parts(run.group()):
            yield from _worded(part, place)
            place += len(part)


def parse_query(question: str) -> list[SearchTerm]:
    """What a question looks for: words, and "phrases" in quotes. The word typed last may be the beginning of one."""
    found, is_prefix = [], False
    for quoted, plain in _QUESTION.findall(question[:500]):
        words = tuple(piece.word for piece in word_positions(quoted or plain))
        is_prefix = bool(plain) and len(words) == 1
        if words:
            found.append(SearchTerm(words))
    if found and is_prefix and not question[-1:].isspace():
        found[-1] = SearchTerm(found[-1].words, is_prefix=True)
    return found[:TERMS_MAX]


def contains_terms(text: str, terms: list[SearchTerm]) -> bool:
    """Whether everything that is looked for stands in a text."""
    there = list(word_positions(text))
    return all(next(_hits(there, term), None) is not None for term in terms)


def snippet(text: str, terms: list[SearchTerm]) -> Markup:
    """The part of a text around the first hit, as HTML, with every hit in it marked."""
    text = unicodedata.normalize("NFC", text)
    there = list(word_positions(text))
    hits = sorted(hit for term in terms for hit in _hits(there, term))
    first = hits[0][0] if hits else 0
    start, end = max(0, first - SNIPPET_CONTEXT), min(len(text), first + 2 * SNIPPET_CONTEXT)
    made, place = [], start
    for hit_start, hit_end in hits:
        if hit_start < place or hit_end > end:
            continue
        made += [escape(text[place:hit_start]), Markup("<mark>{}</mark>").format(text[hit_start:hit_end])]
        place = hit_end
    made.append(escape(text[place:end]))
    before, after = ("… " if start else ""), (" …" if end < len(text) else "")
    return Markup(before) + Markup("").join(made) + Markup(after)


def _hits(there: list[WordPosition], term: SearchTerm) -> Iterator[tuple[int, int]]:
    """The places of a term, as (start, end) in the text."""
    length = len(term.words)
    for place in range(len(there) - length + 1):
        run = there[place : place + length]
        if all(_is(piece.word, word, term.is_prefix) for piece, word in zip(run, term.words, strict=True)):
            yield run[0].start, run[-1].end


def _is(word: str, wanted: str, is_prefix: bool) -> bool:
    return word.startswith(wanted) if is_prefix else word == wanted


def _parts(run: str) -> list[str]:
    """A run of letters, cut where the script changes between one with spaces and one without."""
    parts, place = [], 0
    for found in _UNSPACED.finditer(run):
        parts += [run[place : found.start()], found.group()]
        place = found.end()
    return [part for part in [*parts, run[place:]] if part]


def _worded(part: str, place: int) -> Iterator[WordPosition]:
    if len(part) > 1 and _UNSPACED.fullmatch(part):
        for start in range(len(part) - 1):
            yield WordPosition(fold(part[start : start + 2]), place + start, place + start + 2)
        return
    word = fold(part)[:WORD_LENGTH_MAX]
    if word:
        yield WordPosition(word, place, place + len(part))
