"""Parts of a page that keep changing alone: counters, related articles, testimonials, the date of today.

Where a hunk stands is named by the heading over it and the last line before it that is in no hunk, so that the
same block has the same place from one comparison to the next, whatever it holds. A place that was all that
changed, or one of two, in three changes is volatile; what differs there is kept and does not count, unless it
carries weight: a word that a rule names, in a clause that says what somebody may, must or has, or the entries of a
register, such as the patents that protect a product.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from conductatlas.reading.compare.comparison import Comparison
from conductatlas.reading.compare.hunks import Hunk, HunkKind
from conductatlas.reading.compare.normal import Span, clauses
from conductatlas.reading.compare.parents import parents
from conductatlas.reading.compare.significance import ChangeKind
from conductatlas.reading.compare.topics import is_typed
from conductatlas.reading.text.marks import Reading

_ANNOUNCED, _NUMBER = "S14", "S1"
_REGISTERED = re.compile(r"\b[A-Z]{2}[ -]?\d{6,}\b")  # the number of an entry in a register of a country
_ENTRIES = 2  # of them in a clause from which it is a list of such
ALONE = 2  # a change in so many places at most speaks of each of them alone
LEARNED = 3  # changes after which a place is volatile


def places(comparison: Comparison) -> list[str]:
    """Where each hunk stands, in their order: 16 hexadecimal digits. Where a clause came or is otherwise by now, by
    the new text; where it went, by the old one."""
    hunks = comparison.hunks
    old = _Lines(comparison.old, [hunk.old for hunk in hunks if hunk.old is not None])
    new = _Lines(comparison.new, [hunk.new for hunk in hunks if hunk.new is not None])
    return [
        new.place(hunk.new.start) if hunk.new is not None else old.place(hunk.old.start if hunk.old else 0)
        for hunk in hunks
    ]


def learned(changes: Iterable[Sequence[str]]) -> frozenset[str]:
    """The volatile places, from the places of the hunks of each earlier change."""
    alone = (set(own) for own in changes)
    counted = Counter(place for own in alone if len(own) <= ALONE for place in own)
    return frozenset(place for place, times in counted.items() if times >= LEARNED)


class Part(NamedTuple):
    """Where a volatile part begins in a text: the heading over it ("" for none) and its first line, as spans."""

    heading: Span | None
    line: Span


def parts(reading: Reading, known: frozenset[str]) -> tuple[Part, ...]:
    """The volatile parts of a text, in order. What follows a first line belongs to it as far as it keeps changing."""
    lines = _Lines(reading, ())
    return tuple(lines.part(n) for n in lines.standing(known))


def is_only_volatile(comparison: Comparison, known: frozenset[str]) -> bool:
    """Whether nothing differs but in volatile places, and nothing that carries weight."""
    if not known or not comparison.hunks:
        return False
    return all(
        hunk.significance is ChangeKind.EDITORIAL or (place in known and not has_weight(hunk, comparison))
        for hunk, place in zip(comparison.hunks, places(comparison), strict=True)
    )


def has_weight(hunk: Hunk, comparison: Comparison) -> bool:
    """Whether a hunk holds a word that a rule names, in a clause that is about something that binds; or announces a
    change, or holds the date from which the text is stated to apply."""
    if not any(rule.startswith("S") for rule in hunk.rules):
        return False
    if _ANNOUNCED in hunk.rules or (_NUMBER in hunk.rules and _lists_entries(hunk, comparison)):
        return True
    if hunk.kind is HunkKind.RELINKED:  # an address that is another one at every look leads to no other rule
        return False
    return any(
        is_typed(reading.text[slice(*span)], reading.language)
        or (dates.effective is not None and span.start <= dates.effective.start < span.end)
        for reading, span, dates in (
            (comparison.old, hunk.old, comparison.dates.old),
            (comparison.new, hunk.new, comparison.dates.new),
        )
        if span is not None
    )


def _lists_entries(hunk: Hunk, comparison: Comparison) -> bool:
    """Whether a hunk lists entries of a register on one side."""
    sides = ((comparison.old, hunk.old), (comparison.new, hunk.new))
    return any(
        span is not None and len(_REGISTERED.findall(reading.text, *span)) >= _ENTRIES
        for reading, span in sides
    )


class _Lines:
    """One side of a comparison: its lines, what they stand under, and which of them are in a hunk."""

    def __init__(self, reading: Reading, differing: Sequence[Span]) -> None:
        self._lines = clauses(reading.text)[0]
        self._starts = [line.start for line in self._lines]
        self._parents = parents(reading, self._lines)
        differing_lines = {
            n
            for span in differing
            for n in range(self._line(span.start), self._line(max(span.start, span.end - 1)) + 1)
        }
        self._kept_before: list[int] = []  # of each line, the nearest one before it that is in no hunk
        last = -1
        for n in range(len(self._lines)):
            self._kept_before.append(last)
            if n not in differing_lines:
                last = n

    def place(self, offset: int) -> str:
        at = self._line(offset)
        over = self._parents[at] if self._parents else -1
        before = self._kept_before[at] if self._kept_before else -1
        named = "\n".join(self._lines[n].key if n >= 0 else "" for n in (over, before))
        return hashlib.sha256(named.encode()).hexdigest()[:16]

    def standing(self, known: frozenset[str]) -> list[int]:
        """The lines that stand in a known place."""
        return [n for n, line in enumerate(self._lines) if line.key and self.place(line.start) in known]

    def part(self, n: int) -> Part:
        over = self._parents[n]
        spans = [Span(line.start, line.end) for line in (self._lines[over], self._lines[n])]
        return Part(spans[0] if over >= 0 else None, spans[1])

    def _line(self, offset: int) -> int:
        return max(bisect_right(self._starts, offset) - 1, 0)
