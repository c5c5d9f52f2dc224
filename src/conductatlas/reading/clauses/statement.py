"""Statements: the sentences of a clause, each with the words that introduce it, ready to be searched for facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from conductatlas.reading.clauses.clause import Clause, ClauseKind
from conductatlas.reading.clauses.finding import Span
from conductatlas.reading.text.sentences import sentences

LONGEST = 3000  # characters of a sentence that are searched: who writes longer ones writes tables or junk
LEAD = 600  # characters of what introduces an item
BEFORE = 1200  # characters of its section before a statement
_DEEPEST = 3
_MOST_ITEMS = 12

_FOLDED = str.maketrans(
    {
        "‘": "'", "’": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "\u00a0": " ", "\u202f": " ", "\t": " ", "\n": " ",
        "‐": "-", "‑": "-", "–": "-", "—": "-", "（": "(", "）": ")",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of a clause. text: what introduces it and then the sentence itself, folded; own: where that begins.

    span: the sentence in the reading. pieces: (start in text, length, start in the reading). before: what its section
    says ahead of it, folded. titles: what it stands under, folded, parted by " / ".
    """

    place: int
    text: str
    own: int
    span: Span
    pieces: tuple[tuple[int, int, int], ...]
    before: str
    titles: str
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
        if start >= self.own:
            return (self.span,)
        leads = (Span(origin, origin + length) for at, length, origin in self.pieces if at < self.own)
        return (self.span, *leads)


def fold(text: str) -> str:
    """The same text, character for character, with small letters, straight quotes and plain spaces and dashes."""
    folded = text.translate(_FOLDED)
    lowered = folded.lower()
    if len(lowered) == len(folded):
        return lowered
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in folded)


def statements(
    text: str, folded: str, clauses: Sequence[Clause], clause: Clause, language: str
) -> Iterator[Statement]:
    """The sentences of one clause, in order. text: of the reading; folded: the same, folded."""
    leads = list(_leads(text, clauses, clause, language))
    titles = fold(" / ".join((*clause.section.path, clause.section.title)))
    opening = max(clause.section.start, 0)
    for start, end in sentences(text[clause.start : clause.end], language):
        start, end = clause.start + start, min(clause.start + end, clause.start + start + LONGEST)
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
        )


def whole(text: str, folded: str, clauses: Sequence[Clause], clause: Clause) -> Iterator[Statement]:
    """A clause together with the items that it introduces, as one statement: "the greater of: (a) … (b) …"."""
    below = list(
        takewhile(
            lambda other: other.parent is not None and other.parent >= clause.place,
            clauses[clause.place + 1 : clause.place + 1 + _MOST_ITEMS],
        )
    )
    start = max(clause.start, clause.end - LONGEST)
    pieces: list[tuple[int, int, int]] = []
    words = ""
    for begin, end in ((start, clause.end), *((item.start, item.end) for item in below)):
        pieces.append((len(words), end - begin, begin))
        words += folded[begin:end] + " "
    if len(words) <= 2 * LONGEST:
        titles = fold(" / ".join((*clause.section.path, clause.section.title)))
        yield Statement(
            clause.place, words, 0, Span(start, clause.end), tuple(pieces), "", titles, is_whole=True
        )


def _leads(text: str, clauses: Sequence[Clause], clause: Clause, language: str) -> Iterator[Span]:
    """The last sentences of the clauses that introduce this one, outermost first."""
    chain: list[Clause] = []
    above = clause
    while above.parent is not None and len(chain) < _DEEPEST:
        above = clauses[above.parent]
        if above.kind is not ClauseKind.HEADING:
            chain.append(above)
    for above in reversed(chain):
        last = sentences(text[max(above.start, above.end - LEAD) : above.end], language)[-1:]
        for start, end in last:
            begin = max(above.start, above.end - LEAD)
            yield Span(begin + start, begin + end)
