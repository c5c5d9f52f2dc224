"""What the passages of a reading say: their topics, the facts they state, for whom they hold, what they stand under.

All phrases of a language are looked for at once, so that a passage is read once, and only if it is asked about.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache, cached_property
from typing import NamedTuple

from conductatlas.reading.compare import audience, direction, topics
from conductatlas.reading.compare.audience import Named
from conductatlas.reading.compare.direction import Cue, Cues, by_rule
from conductatlas.reading.compare.normal import Clause, Span
from conductatlas.reading.compare.parents import parents
from conductatlas.reading.compare.phrasebook import Found, Phrasebook, outermost
from conductatlas.reading.compare.topics import NO_TOPICS, Spoken, Topics, told_by
from conductatlas.reading.text.marks import Reading

LONGEST = 20_000
"""Characters of a passage beyond which it is not looked into."""


class Said(NamedTuple):
    """What a passage says: its topics, the facts that it states, and where it says for whom it holds."""

    topics: Topics
    cues: Cues
    audience: tuple[Span, ...]


_NOTHING = Said(NO_TOPICS, {}, ())


class Passages:
    """One reading with its lines, and under what each of them stands."""

    def __init__(self, reading: Reading, lines: Sequence[Clause]) -> None:
        self.text, self.language = reading.text, reading.language
        self._reading, self._lines = reading, lines
        self._said: dict[Span, Said] = {}

    @cached_property
    def _parents(self) -> list[int]:
        return parents(self._reading, self._lines)

    @cached_property
    def _starts(self) -> list[int]:
        return [line.start for line in self._lines]

    def above(self, span: Span) -> list[Span]:
        """The lines that a clause stands under: the words before its list and the headings, innermost first."""
        if not self._lines:
            return []
        over = self._parents[bisect_right(self._starts, span.start) - 1]
        found: list[Span] = []
        while over >= 0:
            found.append(Span(self._lines[over].start, self._lines[over].end))
            over = self._parents[over]
        return found

    def said(self, span: Span) -> Said:
        """What a passage says; offsets count from its start."""
        if span.end <= span.start:
            return _NOTHING
        known = self._said.get(span)
        if known is None:
            passage = self.text[span.start : min(span.end, span.start + LONGEST)]
            known = self._said[span] = _said(_phrases(self.language.casefold().split("-")[0]).find(passage))
        return known

    def topics(self, span: Span) -> Topics:
        return self.said(span).topics


def _said(found: Sequence[Found[Spoken | Cue | Named]]) -> Said:
    if not found:
        return _NOTHING
    told: list[Spoken] = []
    cues: list[Found[Cue]] = []
    named: list[Found[Named]] = []
    for start, end, value in found:
        if isinstance(value, Spoken):
            told.append(value)
        elif isinstance(value, Cue):
            cues.append(Found(start, end, value))
        else:
            named.append(Found(start, end, value))
    return Said(told_by(told), by_rule(cues), tuple(place.span for place in outermost(named)))


@cache
def _phrases(language: str) -> Phrasebook[Spoken | Cue | Named]:
    """All that is looked for in a language, so that a passage is read once."""
    return Phrasebook((*topics.phrases(language), *direction.phrases(language), *audience.phrases(language)))
