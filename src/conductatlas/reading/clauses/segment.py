"""A reading divided into clauses: headings, paragraphs and their parts, list items, rows, definitions, references."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from conductatlas.reading.clauses.clause import Clause, ClauseKind
from conductatlas.reading.clauses.contents import Contents
from conductatlas.reading.clauses.definitions import is_definition
from conductatlas.reading.clauses.dividing import counted, parts
from conductatlas.reading.clauses.lines import Line, lines
from conductatlas.reading.clauses.nesting import Nesting
from conductatlas.reading.clauses.numbering import Printed, bare, printed
from conductatlas.reading.clauses.passage import Passage
from conductatlas.reading.clauses.titles import run_in, says_something, title_of
from conductatlas.reading.text.marks import Reading
from conductatlas.reading.text.sections import Section, sections

LONGEST_LEAD = 400  # characters of the words that introduce a list
DEEPEST = 4  # lists within lists whose words are shown

_DIVIDED = (ClauseKind.PARAGRAPH, ClauseKind.ITEM, ClauseKind.PART)
_SENTENCE_START = re.compile(r"[.!?;]\s+(?=[A-Z\"“])")


def segment(reading: Reading) -> tuple[Clause, ...]:
    """All clauses in the text's order; together they hold every word of it but printed numbers. None overlap."""
    return tuple(_Segmentation(reading).clauses())


def passages(reading: Reading, clauses: Sequence[Clause], kind: str = "") -> tuple[Passage, ...]:
    """What is shown of each clause to the rules and to the model, in the same order. kind: of the document."""
    shown = _Leads(reading, clauses)
    return tuple(
        Passage(
            reading.text[clause.start : clause.end],
            _path(clause),
            shown.lead(clause),
            kind,
            reading.language,
        )
        for clause in clauses
    )


def _path(clause: Clause) -> tuple[str, ...]:
    section = clause.section
    if clause.kind is ClauseKind.HEADING or not section.title:
        return section.path
    return (*section.path, section.title)


class _Leads:
    """The words that introduce clauses, outermost first."""

    def __init__(self, reading: Reading, clauses: Sequence[Clause]) -> None:
        self._reading, self._clauses = reading, clauses
        self._last: dict[int, str] = {}

    def lead(self, clause: Clause) -> str:
        found: list[str] = []
        above = clause.parent
        while above is not None and len(found) < DEEPEST:
            found.append(self._words(above))
            above = self._clauses[above].parent
        return " ".join(reversed(found))

    def _words(self, place: int) -> str:
        """A clause's words; of a long one the end, from the start of a sentence."""
        if place not in self._last:
            clause = self._clauses[place]
            words = self._reading.text[max(clause.start, clause.end - LONGEST_LEAD) : clause.end]
            cut = _SENTENCE_START.search(words) if clause.end - clause.start > LONGEST_LEAD else None
            self._last[place] = words[cut.end() :] if cut else words
        return self._last[place]


class _Segmentation:
    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._lines = lines(reading)
        self._sections = sections(reading)
        self._starts = [section.start for section in self._sections]
        self._contents = Contents(self._lines, self._sections)
        self._nesting = Nesting()
        self._clauses: list[Clause] = []
        self._run_in: Section | None = None
        self._is_item = (
            False  # whether the title of the section that we are in is an item of an outermost list
        )

    def clauses(self) -> list[Clause]:
        for position, line in enumerate(self._lines):
            if line.text.strip():
                self._add(position, line)
        return self._clauses

    def _add(self, position: int, line: Line) -> None:
        outer = self._sections[bisect_right(self._starts, line.start) - 1]
        target = self._contents.target(position)
        if target is not None:
            self._keep(line.start, line.end, ClauseKind.REFERENCE, bare(line.marker), outer, target=target)
            return
        if self._is_title(line, outer):
            self._run_in = None
            self._is_item = line.item == 1
            self._nesting.reset()
            # A section's own number is not looked for again: its title begins after it.
            start = line.start + max(line.text.rfind(outer.title), 0)
            number = outer.number
            if not number and (first := printed(line.text)) and first.style not in ("bullet", "decimal"):
                number, start = first.number, line.start + first.length  # "第三条", "一、"
            self._keep(start, line.end, ClauseKind.HEADING, number, outer)
            return
        self._say(line, outer)

    def _say(self, line: Line, outer: Section) -> None:
        number = printed(line.text) if line.row is None else None
        if number and line.item and not number.style.startswith(("enclosed", "wide")):
            number = None  # an item has its number beside its words, if it is not numbered again ("1. (a) …")
        skip = number.length if number else 0
        kind = _kind(line, number)
        section = self._section(line, outer, kind, skip)
        parent = self._nesting.parent(line, number)
        first = len(self._clauses)
        spans = [(line.start + skip, line.end)]
        if kind in _DIVIDED:
            spans = parts(self._reading.text, line.start + skip, line.end, self._reading.language)
        if len(spans) > 1:
            kind = ClauseKind.PART
        printed_number = number.number if number else bare(line.marker)
        for start, end in spans:
            own = printed_number if len(self._clauses) == first else ""
            if len(self._clauses) > first and (title := title_of(self._reading.text[start:end])):
                section = _beneath(outer, own, title, start, end)
            self._keep_counted(start, end, kind, own, section, parent)
        self._nesting.said(line, number, first, len(self._clauses) - 1)

    def _keep_counted(
        self, start: int, end: int, kind: ClauseKind, number: str, section: Section, parent: int | None
    ) -> None:
        """One clause, or what introduces a list that is told within a sentence and the entries of the list."""
        entries = counted(self._reading.text, start, end) if kind in _DIVIDED else []
        if not entries:
            self._keep(start, end, kind, number, section, parent)
            return
        lead = len(self._clauses)
        (start, end, _), *rest = entries
        self._keep(start, end, kind, number, section, parent)
        for start, end, number in rest:
            self._keep(start, end, ClauseKind.ITEM, number, section, lead)

    def _section(self, line: Line, outer: Section, kind: ClauseKind, skip: int) -> Section:
        """The section that a line stands in: that of the title it begins with, or that another began with above it."""
        if kind is ClauseKind.ITEM and self._is_next(line, outer):
            title = run_in(line, skip)
            number = bare(line.marker)
            self._run_in = Section(outer.anchor, number, outer.level, title, line.start, line.end, outer.path)
            return self._run_in
        if kind is not ClauseKind.PARAGRAPH:
            return self._run_in if self._run_in and self._run_in.anchor == outer.anchor else outer
        if (
            line.heading
        ):  # what is set as a heading and says something is no title; perhaps it begins with one
            self._run_in = replace(outer, title=run_in(line, skip))
            return self._run_in
        if outer.start == line.start and outer.title:
            self._run_in = None
            return outer
        title = run_in(line, skip)
        if title:
            number = (printed(line.text) or Printed("", "", 0)).number
            self._run_in = _beneath(outer, number, title, line.start, line.end)
        elif self._run_in and self._run_in.anchor != outer.anchor:
            self._run_in = None
        elif self._run_in and not self._nesting.is_in_list:
            # A paragraph without number and bold beginning goes on with the titled one above it.
            self._run_in = None if skip or line.strong else replace(self._run_in, end=line.end)
        return self._run_in or outer

    def _is_next(self, line: Line, outer: Section) -> bool:
        """Whether an item is counted on from the section that we are in, whose title is an item as well: "10. …" after
        the section "9. Term" is another section, though nothing but its number says so."""
        if not self._is_item or line.item != 1:
            return False
        before = self._run_in.number if self._run_in and self._run_in.anchor == outer.anchor else outer.number
        number = bare(line.marker)
        return number.isdecimal() and before.isdecimal() and int(number) == int(before) + 1

    def _is_title(self, line: Line, section: Section) -> bool:
        """Whether a line is the title of its section and nothing else; a title that runs in is not."""
        if line.heading:
            return not says_something(line.text)
        if section.start != line.start or not section.title:
            return False
        return line.text.rstrip(".: ").endswith(section.title.rstrip(".: "))

    def _keep(
        self,
        start: int,
        end: int,
        kind: ClauseKind,
        number: str,
        section: Section,
        parent: int | None = None,
        target: str = "",
    ) -> None:
        text = self._reading.text[start:end]
        start, end = start + len(text) - len(text.lstrip()), end - (len(text) - len(text.rstrip()))
        self._clauses.append(Clause(len(self._clauses), start, end, kind, number, section, parent, target))


def _beneath(outer: Section, number: str, title: str, start: int, end: int) -> Section:
    """The section that a title within a section's text begins; its anchor is that of the section, which has one."""
    path = (*outer.path, outer.title) if outer.title else outer.path
    return Section(outer.anchor, number, outer.level + 1, title, start, end, path)


def _kind(line: Line, number: Printed | None) -> ClauseKind:
    if line.row is not None:
        return ClauseKind.ROW
    if line.is_term or line.is_meaning or is_definition(line.text):
        return ClauseKind.DEFINITION
    if line.item or (number and number.style.partition(":")[0] in ("enclosed", "wide", "bullet")):
        return ClauseKind.ITEM
    return ClauseKind.PARAGRAPH
