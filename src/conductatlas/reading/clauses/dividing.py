"""What a long paragraph says, divided: parts of whole sentences, those that belong together kept so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conductatlas.reading.clauses.titles import title_of
from conductatlas.reading.text.markers import marker
from conductatlas.reading.text.sentences import sentences

LONG = 120  # words from which a paragraph is divided
MANY = 5  # sentences from which a shorter one is
SHORT = 60  # words below which a paragraph is never divided
ENOUGH = 18  # words that a part has at least
LONG_SENTENCE = 500  # characters of a sentence whose counted entries are clauses of their own
ENTRIES = 3
AHEAD = 250  # characters in which a title is looked for, with some of what follows it
UNSPACED = 12  # characters for one space, beyond which a script has none
PIECE = 20_000  # characters that are divided at once: what splits sentences takes long lines badly

# A sentence that begins so depends on the one before it.
_GOES_ON = re.compile(
    r"(?:however|this|that(?!\s+said)|these|those|such|it\b(?!\s+is\s+your)|its|they|their|in\s+(?:such|that|this|"
    r"these|those|addition\s+to\s+the\s+foregoing|particular|either|each)|under\s+(?:such|these|this)|"
    r"notwithstanding\s+(?:the\s+foregoing|anything|this|the\s+above)|except|unless|otherwise|accordingly|therefore|"
    r"thus|for\s+example|for\s+instance|e\.g\.|i\.e\.|for\s+the\s+avoidance|for\s+clarity|to\s+the\s+extent|"
    r"provided|the\s+foregoing|the\s+above|the\s+preceding|nothing\s+in\s+this\s+(?:section|paragraph|clause)|if\s+so|"
    r"if\s+not|if\s+(?:this|that|such|any\s+such|you\s+do\s+not|you\s+don['’]t|we\s+do)|some\s+(?:jurisdictions|states|"
    r"countries)|but|and|or|so|then|instead|rather|likewise|similarly|by\s+doing\s+so|when\s+(?:this|we\s+do)|"
    r"once\s+(?:this|we|you)|after\s+(?:this|that|such)|upon\s+such|only\s+(?:then|in)|diese[rsnm]?|dies|jedoch|"
    r"allerdings|dabei|hierbei|hiervon|dazu|insbesondere|soweit|sofern|solche|其中|但|此|该|上述|否则|如(?:上|前)述)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"(?<=[\s:;,])\(([a-z]|[ivx]{1,5}|\d{1,2})\)(?=\s)", re.IGNORECASE)
_FIRST = frozenset("a1i")
_NUMBERED = re.compile(
    r"(?:section\s+|article\s+|§\s?)?\d{1,2}(?:\.\d{1,2}){0,3}[.)]?\s+[A-Z\"“]", re.IGNORECASE
)


def parts(text: str, start: int, end: int, language: str) -> list[tuple[int, int]]:
    """Spans that together hold all sentences of text[start:end]; one, the whole, if it says one thing.

    Each has ENOUGH words unless the whole has not. white space between parts belongs to none.
    """
    words = _size(text[start:end])
    if words < SHORT:
        return [(start, end)]
    spans = list(_sentences(text, start, end, language))
    if len(spans) < 2 or (words < LONG and len(spans) < MANY):
        return [(start, end)]
    return _joined(text, spans)


def counted(text: str, start: int, end: int) -> list[tuple[int, int, str]]:
    """The entries of a list that is told within one long sentence, each with its number ("a" of "(a)"), before them
    what introduces them with the number ""; [] if the sentence is short or counts nothing."""
    if end - start < LONG_SENTENCE:
        return []
    found: list[tuple[int, str]] = []
    for match in _COUNTED.finditer(text, start, min(end, start + PIECE)):
        number = match[1].casefold()
        after = _following(found[-1][1].casefold(), len(found)) if found else _FIRST
        if number in after and match.start() > start:
            found.append((match.start(), match[1]))
    if len(found) < ENTRIES:
        return []
    edges = [place for place, _ in found[1:]] + [end]
    entries = [
        (place + len(number) + 2, edge, number) for (place, number), edge in zip(found, edges, strict=True)
    ]
    return [(start, found[0][0], ""), *entries]


def _following(number: str, count: int) -> frozenset[str]:
    """What may be counted after a number that is the `count`th: "b" after "a", "ii" after "i"."""
    after = {str(count + 1), marker("i", count + 1).rstrip(".")}
    if len(number) == 1 and number.isalpha():
        after.add(chr(ord(number) + 1))
    return frozenset(after)


def _sentences(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    """Sentences of one line, piece by piece; what was cut in the midst of a sentence is cut at a space."""
    position = start
    while position < end:
        stop = end
        if end - position > PIECE:
            cut = text.rfind(" ", position + PIECE // 2, position + PIECE)
            stop = cut if cut > position else position + PIECE
        for begin, finish in sentences(text[position:stop], language):
            yield position + begin, position + finish
        position = stop


def _joined(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    size = 0
    for start, end in spans:
        sentence = text[start : min(end, start + 80)]
        begins = _NUMBERED.match(sentence) or title_of(text[start : start + AHEAD])
        own = _size(text[start:end])
        is_next = found and not begins
        is_led = is_next and text[found[-1][1] - 1] in ":："
        if is_next and (is_led or size < ENOUGH or own < ENOUGH // 3 or _GOES_ON.match(sentence)):
            found[-1] = (found[-1][0], end)
            size += own
        else:
            found.append((start, end))
            size = own
    if len(found) > 1 and size < ENOUGH:
        last = found.pop()
        found[-1] = (found[-1][0], last[1])
    return found


def _size(text: str) -> int:
    """Words; of a script without spaces two characters are one."""
    count = text.count(" ") + 1
    return count if count * UNSPACED > len(text) else len(text) // 2
