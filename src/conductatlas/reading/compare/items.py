"""Which lines of a reading are items of a list, also where nothing marks them as that."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence, Set

from conductatlas.reading.compare.normal import Clause
from conductatlas.reading.compare.parents import parents
from conductatlas.reading.compare.topics import is_typed
from conductatlas.reading.text.marks import MarkKind, Reading

_SHORT = 80  # characters of a line that may be an item though nothing marks it
_ENDS = tuple(".!?;。！？；")


def contents(
    reading: Reading, lines: Sequence[Clause], other: Reading, other_lines: Sequence[Clause]
) -> frozenset[int]:
    """The lines of a table of contents: those that only repeat a heading of their text.

    A heading is one, too, where the other text has it as a heading: of two equal lines either may be the one that
    has no partner.
    """
    titles = headings(reading, lines)
    known = {lines[n].key for n in titles}
    before = {other_lines[n].key for n in headings(other, other_lines)}
    return frozenset(
        n for n, line in enumerate(lines) if line.key in known and (n not in titles or line.key in before)
    )


def marked_lines(reading: Reading, lines: Sequence[Clause], kinds: Set[MarkKind]) -> frozenset[int]:
    """The lines that carry a mark of one of these kinds."""
    starts = [line.start for line in lines]
    return frozenset(bisect_right(starts, mark.start) - 1 for mark in reading.marks if mark.kind in kinds)


def headings(reading: Reading, lines: Sequence[Clause]) -> frozenset[int]:
    """The lines that are headings."""
    return marked_lines(reading, lines, {MarkKind.HEADING})


def item_lines(reading: Reading, lines: Sequence[Clause]) -> frozenset[int]:
    """List items, rows and terms; and short lines without an end that follow "We collect:" or stand under a heading
    that names a topic: a list of sub-processors may be set as paragraphs."""
    marked = marked_lines(reading, lines, {MarkKind.ITEM, MarkKind.ROW, MarkKind.TERM, MarkKind.DEFINITION})
    titles = headings(reading, lines)
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
