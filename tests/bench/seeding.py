"""Small edits of a reading, made so that its marks keep to their words. An edit is None where a page has no place."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

from conductatlas.reading.compare.dates import labelled_dates
from conductatlas.reading.compare.furniture import is_furniture
from conductatlas.reading.compare.linking import is_rule
from conductatlas.reading.compare.normal import clauses
from conductatlas.reading.compare.parents import parents
from conductatlas.reading.compare.printed import PrintedDate, day_month_order, printed_dates
from conductatlas.reading.text.marks import Mark, MarkKind, Reading, sort_marks

Edit = Callable[[Reading, Random], Reading | None]
Place = tuple[int, int, str]  # text[start:end] becomes this
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
BLOCKS = frozenset({MarkKind.HEADING, MarkKind.ITEM, MarkKind.ROW, MarkKind.TERM, MarkKind.DEFINITION})
UNITS = "days?|months?|years?|hours?|business|calendar|percent|users"


def put(reading: Reading, start: int, end: int, words: str) -> Reading:
    """The reading with text[start:end] replaced; marks keep to their words."""
    shift = len(words) - (end - start)

    def moved(at: int, *, is_end: bool) -> int:
        if at >= end and (at > start or is_end):
            return at + shift
        return at if at <= start else start

    marks = (
        mark._replace(start=moved(mark.start, is_end=False), end=moved(mark.end, is_end=True))
        for mark in reading.marks
    )
    kept = sort_marks(m for m in marks if m.start < m.end or m.kind is MarkKind.ANCHOR)
    return replace(reading, text=reading.text[:start] + words + reading.text[end:], marks=kept)


def chosen(reading: Reading, chance: Random, places: list[Place]) -> Reading | None:
    return put(reading, *chance.choice(places)) if places else None


def lines(reading: Reading) -> Iterator[tuple[int, int, str]]:
    """Start, end and words of each line."""
    start = 0
    for line in reading.text.split("\n"):
        yield start, start + len(line), line
        start += len(line) + 1


def marked(reading: Reading, *kinds: MarkKind) -> dict[int, Mark]:
    return {mark.start: mark for mark in reading.marks if mark.kind in kinds}


def with_line(reading: Reading, chance: Random, line: str) -> Reading | None:
    """A line more between two paragraphs or headings."""
    blocks = marked(reading, MarkKind.ITEM, MarkKind.ROW, MarkKind.TERM, MarkKind.DEFINITION)
    found = [
        (start, start, f"{line}\n")
        for start, _, words in lines(reading)
        if start not in blocks and start and reading.text[start - 2 : start - 1] not in ":："
    ]
    return chosen(reading, chance, found)


def elsewhere(reading: Reading, chance: Random, tail: str, *, in_rule: bool | None) -> Reading | None:
    rows = clauses(reading.text)[0]
    over = parents(reading, rows)
    rule: dict[int, bool] = {}
    for n, row in enumerate(rows):
        heading = rows[over[n]] if over[n] > 0 else None
        above = reading.text[heading.start : heading.end] if heading else ""
        rule[row.start] = is_rule(reading.text[row.start : row.end], reading.language) or is_rule(
            above, reading.language
        )
    found = []
    for n, mark in enumerate(reading.marks):
        plain = mark.value.startswith("http") and not set("?#") & set(mark.value)
        if mark.kind is MarkKind.LINK and plain and mark.end > mark.start:
            at = reading.text.rfind("\n", 0, mark.start) + 1
            if in_rule is None or rule.get(at) is in_rule:
                found.append(n)
    if not found:
        return None
    n = chance.choice(found)
    other = reading.marks[n]._replace(value=reading.marks[n].value.rstrip("/") + tail)
    return replace(reading, marks=(*reading.marks[:n], other, *reading.marks[n + 1 :]))


def dates_of(reading: Reading, *, updated: bool) -> Iterator[PrintedDate]:
    order = day_month_order(reading.text, reading.language)
    for start, _, line in lines(reading):
        if "20" not in line or is_furniture(line, reading.language, order):
            continue
        labels = {d.start: label for label, d in labelled_dates(line, order)}
        alone = len(line) < 60 and "updated" in labels.values() and len(labels) == 1
        for d in printed_dates(line, order):
            if d.value is not None and (
                alone if updated else d.start not in labels or labels[d.start] == "effective"
            ):
                yield PrintedDate(d.value, start + d.start, start + d.end)


def later(d: PrintedDate) -> Place:
    assert d.value is not None
    value = d.value + datetime.timedelta(days=3)
    return d.start, d.end, f"{MONTHS[value.month - 1]} {value.day}, {value.year}"
