"""Clauses whose words are equal and that stand out more, or less: bold, capitals, heading (N10).

It can matter to assent, so it is kept and shown; it is no hunk and changes no kind.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from conductatlas.reading.compare.normal import Clause, Span
from conductatlas.reading.compare.pairing import Pairing
from conductatlas.reading.text.marks import MarkKind, Reading

What = Literal["bold", "capitals", "heading"]

_SET = frozenset({MarkKind.STRONG, MarkKind.HEADING})


@dataclass(frozen=True, slots=True)
class Presented:
    """A clause on both sides, and in what it is set otherwise."""

    what: What
    old: Span
    new: Span

    def to_dict(self, old_text: str, new_text: str) -> dict[str, Any]:
        """As one JSON object, with its words on both sides."""
        return {
            "what": self.what,
            "old": old_text[slice(*self.old)],
            "new": new_text[slice(*self.new)],
            "old_span": list(self.old),
            "new_span": list(self.new),
        }


def presentation(
    old: Reading, old_lines: Sequence[Clause], new: Reading, new_lines: Sequence[Clause], pairing: Pairing
) -> tuple[Presented, ...]:
    """What is set otherwise among clauses with a partner of the same words, in the order of the new text."""
    before, after = _setting(old, old_lines), _setting(new, new_lines)
    found: list[Presented] = []
    pairs = [
        *(
            (r.old_start, r.new_start)
            for r in pairing.kept
            if r.old_end - r.old_start == r.new_end - r.new_start == 1
        ),
        *pairing.moved,
    ]
    for i, j in pairs:
        went, came = old_lines[i], new_lines[j]
        equal = went.key == came.key
        if not equal and went.key.casefold() != came.key.casefold():
            continue
        spans = Span(went.start, went.end), Span(came.start, came.end)
        if not equal and went.key.isupper() != came.key.isupper():
            found.append(Presented("capitals", *spans))
        bold, heading = before.get(i, _PLAIN)
        bold_now, heading_now = after.get(j, _PLAIN)
        if heading != heading_now:
            found.append(Presented("heading", *spans))
        elif bold != bold_now:
            found.append(Presented("bold", *spans))
    return tuple(sorted(found, key=lambda one: (one.new, one.what)))


_PLAIN: tuple[tuple[str, ...], int] = ((), 0)


def _setting(reading: Reading, lines: Sequence[Clause]) -> dict[int, tuple[tuple[str, ...], int]]:
    """The bold words and the level of heading of each line that has some."""
    starts = [line.start for line in lines]
    bold: dict[int, list[str]] = defaultdict(list)
    heading: dict[int, int] = {}
    for mark in reading.marks:
        if mark.kind in _SET:
            line = max(0, bisect_right(starts, mark.start) - 1)
            if mark.kind is MarkKind.HEADING:
                heading[line] = mark.level
            else:
                bold[line] += reading.text[mark.start : mark.end].split()
    return {line: (tuple(bold.get(line, ())), heading.get(line, 0)) for line in {*bold, *heading}}
