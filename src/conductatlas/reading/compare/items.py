"""Which lines of a reading are items of a list, also where nothing marks them as that."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence, Set

from conductatlas.reading.compare.normal import Clause, normal, prefixes
from conductatlas.reading.compare.parents import parents
from conductatlas.reading.compare.topics import is_typed
from conductatlas.reading.text.marks import MarkKind, Reading

_SHORT = 80  # characters of a line that may be an item though nothing marks it
_ENDS = tuple(".!?;。！？；")


def headings(reading: Reading) -> frozenset[str]:
    """The headings of a reading in normal form, without printed numbers."""
    lines = (reading.text[mark.start : mark.end] for mark in reading.marks if mark.kind is MarkKind.HEADING)
    return frozenset(normal(line[prefixes(line)[1] :]) for line in lines)


def marked_lines(reading: Reading, lines: Sequence[Clause], kinds: Set[MarkKind]) -> frozenset[int]:
    """The lines that carry a mark of one of these kinds."""
    starts = [line.start for line in lines]
    return frozenset(bisect_right(starts, mark.start) - 1 for mark in reading.marks if mark.kind in kinds)


def item_lines(reading: Reading, lines: Sequence[Clause]) -> frozenset[int]:
    """List items, rows and terms; and short lines without an end that follow "We collect:" or stand under a heading
    that names a topic: a list of sub-processors may be set as paragraphs."""
    marked = marked_lines(reading, lines, {MarkKind.ITEM, MarkKind.ROW, MarkKind.TERM, MarkKind.DEFINITION})
    titles = marked_lines(reading, lines, {MarkKind.HEADING})
    over = parents(reading, lines)
    typed: dict[int, bool] = {}
    found = set(marked)
    introduced = False
    for n, line in enumerate(lines):
        words = reading.text[line.start : line.end]
        short = len(words) <= _SHORT and not words.rstrip().endswith((*_ENDS, ":", "："))
        if n in titles or n in marked or not short:
            introduced = words.rstrip().endswith((":", "：")) or (n in marked and introduced)
            continue
        if not introduced and over[n] not in typed:
            heading = lines[over[n]] if over[n] >= 0 else None
            typed[over[n]] = heading is not None and is_typed(
                reading.text[heading.start : heading.end], reading.language
            )
        if introduced or typed[over[n]]:
            found.add(n)
    return frozenset(found)
