"""Documents of invented sentences, for tests of facts and severity: one clause a line, "# " before a title."""

from __future__ import annotations

from conductatlas.reading.clauses.clause import Clause, ClauseKind
from conductatlas.reading.clauses.facts import find_facts
from conductatlas.reading.clauses.finding import Fact
from conductatlas.reading.text.marks import Mark, MarkKind, Reading
from conductatlas.reading.text.sections import sections


def reading_of(source: str, language: str = "en") -> Reading:
    """A reading of lines; "# " begins a title, "- " an item."""
    lines: list[str] = []
    marks: list[Mark] = []
    at = 0
    for line in source.strip().splitlines():
        line = line.strip()
        words = line.removeprefix("# ").removeprefix("- ")
        if line.startswith("# "):
            marks.append(Mark(at, at + len(words), MarkKind.HEADING, 2))
        elif line.startswith("- "):
            marks.append(Mark(at, at + len(words), MarkKind.ITEM, 1, "•"))
        lines.append(words)
        at += len(words) + 1
    return Reading("\n".join(lines), tuple(marks), "Terms", language)


def clauses_of(reading: Reading) -> tuple[Clause, ...]:
    """Each line a clause; items belong to the last paragraph before them."""
    kinds = {mark.start: mark.kind for mark in reading.marks}
    known = sections(reading)
    found: list[Clause] = []
    start, lead = 0, None
    for line in reading.text.split("\n"):
        section = max((s for s in known if s.start <= start), key=lambda s: s.start)
        kind = {MarkKind.HEADING: ClauseKind.HEADING, MarkKind.ITEM: ClauseKind.ITEM}.get(
            kinds.get(start, MarkKind.QUOTE), ClauseKind.PARAGRAPH
        )
        parent = lead if kind is ClauseKind.ITEM else None
        found.append(Clause(len(found), start, start + len(line), kind, "", section, parent))
        if kind is ClauseKind.PARAGRAPH:
            lead = found[-1].place
        start += len(line) + 1
    return tuple(found)


def facts_of(source: str, *types: str, kind: str = "terms", language: str = "en") -> list[Fact]:
    """The facts of a document in which every clause has these types; without types, every rule may speak."""
    reading = reading_of(source, language)
    clauses = clauses_of(reading)
    typed = {clause.place: types for clause in clauses} if types else None
    found = find_facts(reading, clauses, typed, kind)
    return [fact for place in sorted(found) for fact in found[place]]


def values_of(source: str, *types: str, kind: str = "terms") -> dict[str, object]:
    """ "type.name" -> value of the first such fact."""
    values: dict[str, object] = {}
    for fact in facts_of(source, *types, kind=kind):
        values.setdefault(f"{fact.type}.{fact.name}", fact.value)
    return values
