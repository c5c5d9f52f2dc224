"""What introduces a clause: the words before its list, the outer item, the row of a table's titles."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conductatlas.reading.clauses.lines import Line
from conductatlas.reading.clauses.numbering import Printed
from conductatlas.reading.clauses.titles import label

_INTRODUCES = re.compile(r"[:：][\"”)]?$")
PLAIN = "plain"  # of a line that has nothing in common with others of its list
SHORT = 60  # characters of a line of an address
_OF_CLAUSES = (
    "decimal",
    "paragraph",
    "named",
)  # numbers that count clauses of a text rather than items of a list
_UNFINISHED = re.compile(r"(?:[,;—–-]|\b(?:and|or|und|oder|if|that|to|by|of|from|for))$", re.IGNORECASE)


@dataclass(slots=True)
class _Open:
    """A line that later ones may stand under. depth: 0 before a list, then of its list. style: of its printed number,
    which items of one list share."""

    depth: int
    style: str
    place: int
    text: str
    number: str


class Nesting:
    """Follows the lines of a text; asked for each of them what it stands under, then told its place."""

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._header: int | None = None
        self._base: int | None = (
            None  # depth of what introduces the marked list that we are in, None outside one
        )

    @property
    def is_in_list(self) -> bool:
        return len(self._open) > 1

    def reset(self) -> None:
        """A heading: nothing above it introduces what follows."""
        self._open.clear()
        self._header = self._base = None

    def parent(self, line: Line, number: Printed | None) -> int | None:
        """Place of the clause that introduces this line, None if nothing does."""
        if line.row is not None:
            return self._of_row(line)
        self._header = None
        if line.is_meaning:
            return self._open[-1].place if self._open else None
        if not line.item:
            self._base = None
        elif self._base is None:
            lead = self._open[-1] if self._open else None
            self._base = lead.depth if lead and _INTRODUCES.search(lead.text) else 0
        depth, _ = self._depth(line, number)
        if depth == 0:
            return None
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
        while self._open and self._open[-1].depth >= depth:
            self._open.pop()
        self._open.append(_Open(depth, style, last, line.text, number.number if number else ""))

    def _of_row(self, line: Line) -> int | None:
        if line.row == "header" or self._header is None:
            return self._open[0].place if self._open and _INTRODUCES.search(self._open[0].text) else None
        return self._header

    def _depth(self, line: Line, number: Printed | None) -> tuple[int, str]:
        """How deep a line stands in lists, 0 if in none; and what its number looks like."""
        if line.item:
            return line.item + (self._base or 0), "item"
        if not self._open or line.is_term:
            return 0, ""
        lead = self._open[-1]
        is_led = _INTRODUCES.search(lead.text) is not None
        if number is None:
            return self._depth_of_plain(line, lead, is_led)
        style = _style(number)
        for above in self._open[1:]:
            if above.style == style:
                return above.depth, style
        if number.style in _OF_CLAUSES and lead.number not in ("", _outer(number)):
            return 0, style
        return (lead.depth + 1 if is_led else 0), style

    def _depth_of_plain(self, line: Line, lead: _Open, is_led: bool) -> tuple[int, str]:
        """Of a line with neither mark nor number: after a colon it is the first of its kind, then those like it."""
        style = _shape(line.text)
        if is_led or (style == "small" and _UNFINISHED.search(lead.text)):
            return lead.depth + 1, style or PLAIN
        for above in self._open[1:]:
            if above.style == style or (above.style == PLAIN and _is_short(line.text)):
                return above.depth, above.style
        return (self._open[1].depth, style) if style and len(self._open) > 1 else (0, style)


def _style(number: Printed) -> str:
    """Of "4.3.1" what it shares with 4.3.2 alone, of others what they look like."""
    return f"{number.style}:{_outer(number)}" if number.style in _OF_CLAUSES else number.style


def _outer(number: Printed) -> str:
    return number.number.rpartition(".")[0]


def _is_short(words: str) -> bool:
    """Whether it is a line as of an address: no sentence."""
    return len(words) <= SHORT and words[-1:] not in ".:;?!。："


def _shape(words: str) -> str:
    """What entries of a list that is not marked as one have in common; "" of a plain paragraph."""
    if label(words):
        return "label"
    if words[:1].islower():
        return "small"
    return "open" if words[-1:] in (";", ",") else ""
