"""What introduces a clause: the words before its list, the outer item, the row of a table's titles."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conductatlas.reading.clauses.lines import Line
from conductatlas.reading.clauses.numbering import Printed
from conductatlas.reading.clauses.titles import label

_INTRODUCES = re.compile(r"[:：][\"”)]?$")
_UNFINISHED = re.compile(r"(?:[,;—–-]|\b(?:and|or|und|oder|if|that|to|by|of|from|for))$", re.IGNORECASE)


@dataclass(slots=True)
class _Open:
    """A line that later ones may stand under. depth: 0 before a list, then of its list. style: of a printed number."""

    depth: int
    style: str
    place: int
    text: str


class Nesting:
    """Follows the lines of a text; asked for each of them what it stands under, then told its place."""

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._header: int | None = None
        self._numbered: dict[str, int] = {}

    @property
    def is_in_list(self) -> bool:
        return len(self._open) > 1

    def reset(self) -> None:
        """A heading: nothing above it introduces what follows."""
        self._open.clear()
        self._header = None
        self._numbered.clear()

    def parent(self, line: Line, number: Printed | None) -> int | None:
        """Place of the clause that introduces this line, None if nothing does."""
        if line.row is not None:
            return self._of_row(line)
        self._header = None
        if line.is_meaning:
            return self._open[-1].place if self._open else None
        depth, _ = self._depth(line, number)
        if depth == 0:
            return self._of_number(number)
        if line.item and not line.marker and self._open and self._open[-1].depth == depth:
            return self._open[-1].place  # goes on with the item before it
        while len(self._open) > 1 and self._open[-1].depth >= depth:
            self._open.pop()
        return self._open[-1].place if self._open and self._open[-1].depth < depth else None

    def said(self, line: Line, number: Printed | None, first: int, last: int) -> None:
        """The places that the line's clauses have been given."""
        if line.row is not None:
            if line.row == "header":
                self._header = first
            return
        depth, style = self._depth(line, number)
        if line.item and not line.marker and self._open and self._open[-1].depth == depth:
            return
        if number and number.style == "decimal" and _INTRODUCES.search(line.text):
            self._numbered[number.number] = last
        while self._open and self._open[-1].depth >= depth:
            self._open.pop()
        self._open.append(_Open(depth, style, last, line.text))

    def _of_number(self, number: Printed | None) -> int | None:
        """Of "4.3.1" the clause 4.3, if it is left open for what follows."""
        if number is None or number.style != "decimal":
            return None
        return self._numbered.get(number.number.rpartition(".")[0])

    def _of_row(self, line: Line) -> int | None:
        if line.row == "header" or self._header is None:
            return self._open[0].place if self._open and _INTRODUCES.search(self._open[0].text) else None
        return self._header

    def _depth(self, line: Line, number: Printed | None) -> tuple[int, str]:
        """How deep a line stands in lists, 0 if in none; and what its number looks like."""
        if line.item:
            return line.item, "item"
        if not self._open or line.is_term:
            return 0, ""
        style = number.style if number else _shape(line.text)
        if not style or style in ("decimal", "paragraph", "named"):
            return 0, style
        for above in self._open[1:]:
            if above.style == style:
                return above.depth, style
        lead = self._open[-1]
        if _INTRODUCES.search(lead.text) or _UNFINISHED.search(lead.text):
            return lead.depth + 1, style
        return (self._open[1].depth, style) if len(self._open) > 1 and number is None else (0, style)


def _shape(words: str) -> str:
    """What entries of a list that is not marked as one have in common; "" of a plain paragraph."""
    if label(words):
        return "label"
    if words[:1].islower():
        return "small"
    return "open" if words[-1:] in (";", ",") else ""
