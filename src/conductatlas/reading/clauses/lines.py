"""The lines of a reading with what their marks say of each: what a clause is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from conductatlas.reading.text.marks import Mark, MarkKind, Reading


@dataclass(slots=True)
class Line:
    """One line, text[start:end] of its reading; what no mark says is 0, "" or None.

    heading: its level. item: depth of its list. marker: as printed before an item, "" if it goes on with the last.
    row: the value of its mark ("header" or ""), None if it is none. strong: end of the bold words it begins with.
    links: the links in it.
    """

    start: int
    end: int
    text: str
    heading: int = 0
    item: int = 0
    marker: str = ""
    row: str | None = None
    is_term: bool = False
    is_meaning: bool = False
    is_preformatted: bool = False
    strong: int = 0
    links: list[Mark] = field(default_factory=list)


def lines(reading: Reading) -> list[Line]:
    """All lines in order; none for an empty text."""
    if not reading.text:
        return []
    found = list(_plain(reading.text))
    place = 0
    for mark in reading.marks:
        while place + 1 < len(found) and found[place + 1].start <= mark.start:
            place += 1
        _take(found[place], mark)
    return found


def _plain(text: str) -> Iterator[Line]:
    start = 0
    for words in text.split("\n"):
        yield Line(start, start + len(words), words)
        start += len(words) + 1


def _take(line: Line, mark: Mark) -> None:
    match mark.kind:
        case MarkKind.HEADING:
            line.heading = mark.level
        case MarkKind.ITEM:
            line.item, line.marker = mark.level, mark.value
        case MarkKind.ROW:
            line.row = mark.value
        case MarkKind.TERM:
            line.is_term = True
        case MarkKind.DEFINITION:
            line.is_meaning = True
        case MarkKind.PREFORMATTED:
            line.is_preformatted = True
        case MarkKind.STRONG if mark.start == line.start or mark.start == line.strong:
            line.strong = max(line.strong, min(mark.end, line.end))
        case MarkKind.LINK if mark.end <= line.end:
            line.links.append(mark)
        case _:
            pass
