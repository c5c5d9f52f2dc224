"""Statements: the sentences of a clause, each with the words that introduce it, ready to be searched for facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import takewhile

from conductatlas.reading.clauses.clause import Clause, ClauseKind
from conductatlas.reading.clauses.finding import Span
from conductatlas.reading.text.sentences import abbreviations

LONGEST = 3000  # characters of a sentence that are searched: who writes longer ones writes tables or junk
EURO = "\xa4"  # stands for "€" in folded text, which is Latin-1: searched many times as fast
LEAD = 600  # characters of what introduces an item
BEFORE = 1200  # characters of its section before a statement
_DEEPEST = 3
_RUNNING = (ClauseKind.PARAGRAPH, ClauseKind.PART)
_STOPS = frozenset(".!?")
_NEAR = 40
_END = re.compile(r"(?<=[\w)\]%’”\"'])[.!?][\"'”’)]{0,2}[ \n]+(?=[\"“'(\[]{0,2}[A-Z0-9]|\([a-z]{1,4}\) )")
_INITIAL = re.compile(r"(?:^|[\s(.])\w$")
_MOST_ITEMS = 12

_FOLDED = (
    ("‘", "'"), ("’", "'"), ("ʼ", "'"), ("“", '"'), ("”", '"'), ("„", '"'), ("\u00a0", " "), ("\u202f", " "),
    ("\t", " "), ("\n", " "), ("‐", "-"), ("‑", "-"), ("–", "-"), ("—", "-"), ("（", "("), ("）", ")"), ("€", EURO),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of a clause. text: what introduces it and then the sentence itself, folded; own: where that begins.

    span: the sentence in the reading. pieces: (start in text, length, start in the reading). before: what its section
    says ahead of it, folded. titles: what it stands under, folded, parted by " / ". previous: the sentence ahead of it
    in its clause, folded. is_whole: it is a clause with all the items that it introduces.
    """

    place: int
    text: str
    own: int
    span: Span
    pieces: tuple[tuple[int, int, int], ...]
    before: str
    titles: str
    previous: str = ""
    is_whole: bool = False

    def spans(self, start: int, end: int) -> tuple[Span, ...]:
        """Where text[start:end] stands in the reading: one span, or more where it crosses from a lead to an item."""
        return tuple(
            Span(origin + max(start, at) - at, origin + min(end, at + length) - at)
            for at, length, origin in self.pieces
            if start < at + length and end > at
        )

    def quotes(self, start: int) -> tuple[Span, ...]:
        """What to quote for a match that begins at `start`: the sentence, and what introduces it if that is needed."""
        if self.is_whole:
            return tuple(Span(origin, origin + length) for _, length, origin in self.pieces)
        if start >= self.own:
            return (self.span,)
        leads = (Span(origin, origin + length) for at, length, origin in self.pieces if at < self.own)
        return (self.span, *leads)


def fold(text: str) -> str:
    """The same text, character for character, with small letters, straight quotes, plain spaces and dashes; what is
    not in Latin-1 is "?", but for the euro (`EURO`)."""
    for character, plain in _FOLDED:
        text = text.replace(character, plain)
    folded = text.encode("latin-1", "replace").decode("latin-1")
    return folded.lower()  # of the same length for every character of Latin-1


def statements(
    text: str, folded: str, clauses: Sequence[Clause], clause: Clause, language: str
) -> Iterator[Statement]:
    """The sentences of one clause, in order. text: of the reading; folded: the same, folded."""
    leads = list(_leads(text, clauses, clause, language))
    titles = _titles(clause)
    opening = max(clause.section.start, 0)
    previous = ""
    for start, end in sentence_spans(text, clause.start, clause.end, language):
        end = min(end, start + LONGEST)
        pieces: list[tuple[int, int, int]] = []
        words = ""
        for lead in leads:
            pieces.append((len(words), lead.end - lead.start, lead.start))
            words += folded[lead.start : lead.end] + " "
        own = len(words)
        pieces.append((own, end - start, start))
        yield Statement(
            clause.place,
            words + folded[start:end],
            own,
            Span(start, end),
            tuple(pieces),
            folded[max(opening, start - BEFORE) : start],
            titles,
            previous,
        )
        previous = folded[start:end]


def whole(
    text: str, folded: str, clauses: Sequence[Clause], clause: Clause, language: str
) -> Iterator[Statement]:
    """The last sentence of a clause and the items that it introduces, as one: "the greater of: (a) … (b) …"; nothing
    of a clause that introduces none."""
    following = clauses[clause.place + 1 : clause.place + 1 + _MOST_ITEMS]
    below = list(
        takewhile(lambda other: other.parent is not None and other.parent >= clause.place, following)
    )
    if not below:
        below = list(_going_on(text, clause, following))
    if not below:
        return
    start, end = list(sentence_spans(text, clause.start, clause.end, language))[-1]
    pieces: list[tuple[int, int, int]] = []
    words = ""
    for begin, stop in ((max(start, end - LEAD), end), *((item.start, item.end) for item in below)):
        pieces.append((len(words), stop - begin, begin))
        words += folded[begin:stop] + " "
    if len(words) <= LONGEST:
        before = folded[max(clause.section.start, start - BEFORE, 0) : start]
        yield Statement(
            clause.place, words, 0, Span(start, end), tuple(pieces), before, _titles(clause), is_whole=True
        )


def _going_on(text: str, clause: Clause, following: Sequence[Clause]) -> Iterator[Clause]:
    """The parts of a paragraph that go on with a sentence which the one before them left open."""
    before = clause
    for part in following:
        if part.kind is not ClauseKind.PART or part.section is not clause.section or _is_ended(text, before):
            return
        yield part
        before = part


def _is_ended(text: str, clause: Clause) -> bool:
    return text[max(clause.end - 2, clause.start) : clause.end].rstrip("”\"')")[-1:] in _STOPS


def sentence_spans(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    """Sentences by their stops. Comparison has a finer splitter; this one is many times as fast and also parts what
    stands behind a bracket."""
    shortened = _shortened(language or "en")
    begin = start
    for match in _END.finditer(text, start, end):
        ended = text[max(begin, match.start() - _NEAR) : match.start() + 1]
        if shortened.search(ended) or _INITIAL.search(ended[:-1]):
            continue
        yield begin, match.start() + len(match[0].rstrip())
        begin = match.end()
    if begin < end:
        yield begin, end


@cache
def _shortened(language: str) -> re.Pattern[str]:
    """Words that end in a stop without ending a sentence: "Inc.", "e.g."."""
    known = abbreviations(language)
    endings = sorted({*known.always, *known.within, *known.before_number}, key=len, reverse=True)
    return re.compile(r"(?:^|[^\w.])(?:" + "|".join(map(re.escape, endings)) + ")$")


def _titles(clause: Clause) -> str:
    return _joined(clause.section.path, clause.section.title)


@lru_cache(1024)
def _joined(path: tuple[str, ...], title: str) -> str:
    return fold(" / ".join((*path, title)))


def _leads(text: str, clauses: Sequence[Clause], clause: Clause, language: str) -> Iterator[Span]:
    """The last sentences of the clauses that introduce this one, outermost first."""
    chain: list[Clause] = []
    above = clause
    while above.parent is not None and len(chain) < _DEEPEST:
        above = clauses[above.parent]
        if above.kind is not ClauseKind.HEADING:
            chain.append(above)
    if not chain and clause.kind is ClauseKind.PART and clause.place > 0:
        before = clauses[clause.place - 1]
        opens = text[clause.start : clause.start + 1]
        goes_on = opens == "(" or opens.islower()
        if (
            goes_on
            and before.section is clause.section
            and before.kind in _RUNNING
            and not _is_ended(text, before)
        ):
            chain.append(before)  # "we are not liable for any" | "(a) direct …"
    for above in reversed(chain):
        begin = max(above.start, above.end - LEAD)
        for start, end in list(sentence_spans(text, begin, above.end, language))[-1:]:
            yield Span(start, end)
