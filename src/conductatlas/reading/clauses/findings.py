"""What a document says: its clauses, what each is of, the provisions they make, and all that goes with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from conductatlas.reading.clauses.clause import Clause, ClauseKind
from conductatlas.reading.clauses.crossrefs import CrossReference, crossrefs
from conductatlas.reading.clauses.definitions import Definition, definitions
from conductatlas.reading.clauses.finding import Fact, Finding, Span, Typed
from conductatlas.reading.clauses.grouping import Group, groups
from conductatlas.reading.clauses.passage import Passage
from conductatlas.reading.clauses.references import Reference, references
from conductatlas.reading.clauses.segment import passages, segment
from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.reading.text.marks import Reading, count_words

Classify = Callable[[Sequence[Passage]], Sequence[tuple[Typed, ...]]]

_SILENT = (ClauseKind.HEADING, ClauseKind.REFERENCE)
_DEFINING = re.compile(
    r"\b(?:definitions?|defined\s+terms|glossary|begriffsbestimmungen|définitions)\b|定义", re.I
)
_WORD = re.compile(r"[^\W\d_]{4,}")
_STEM = 5  # letters by which two words are taken for one ("arbitrate", "arbitration")


@dataclass(frozen=True, slots=True)
class Found:
    """All that was found in one document.

    types: of each clause by its place, the first what it is called by; untyped clauses are left out. findings: the
    provisions, in the text's order, no clause in two. words: of all clauses that say something, headings and labels of
    links left out. typed_words: of those among them that lie in a provision.
    """

    clauses: tuple[Clause, ...]
    types: Mapping[int, tuple[Typed, ...]]
    findings: tuple[Finding, ...]
    references: tuple[Reference, ...]
    definitions: tuple[Definition, ...]
    crossrefs: tuple[CrossReference, ...]
    words: int
    typed_words: int

    @property
    def coverage(self) -> float:
        """Share of the words that lie in a provision, 0 to 1; 0 of a text that says nothing."""
        return self.typed_words / self.words if self.words else 0.0


def find(reading: Reading, kind: str, classify: Classify) -> Found:
    """What `reading` says. kind: of the document ("terms", "privacy"), "" if not known. Raises nothing."""
    clauses = segment(reading)
    shown = passages(reading, clauses, kind)
    saying = [clause for clause in clauses if clause.kind not in _SILENT]
    typed = classify([shown[clause.place] for clause in saying])
    types = {clause.place: found for clause, found in zip(saying, typed, strict=True) if found}
    silent = frozenset(clause.place for clause in saying if _defines(clause))
    made = groups(clauses, types, silent)
    within = {place for group in made for place in group.places}
    words = {clause.place: count_words(reading.text[clause.start : clause.end]) for clause in saying}
    return Found(
        clauses,
        types,
        tuple(_finding(group, clauses) for group in made),
        references(reading, clauses),
        definitions(reading, clauses),
        crossrefs(reading, clauses),
        sum(words.values()),
        sum(count for place, count in words.items() if place in within),
    )


def _defines(clause: Clause) -> bool:
    """Whether a clause only says what a term means: it is written so, or stands under a title that says so."""
    if clause.kind is ClauseKind.DEFINITION:
        return True
    return any(
        len(title) <= 40 and _DEFINING.search(title)
        for title in (clause.section.title, *clause.section.path[-1:])
    )


def _finding(group: Group, clauses: Sequence[Clause], facts: Sequence[Fact] = ()) -> Finding:
    first, last = clauses[group.places[0]], clauses[group.places[-1]]
    section = first.section
    return Finding(
        types=group.ordered(),
        title=_title(group.type, section.title),
        span=Span(first.start, last.end),
        clauses=tuple(group.places),
        anchor=section.anchor,
        path=(*section.path, section.title) if section.title else section.path,
        number=first.number or section.number,
        facts=tuple(facts),
    )


def _title(name: str, heading: str) -> str:
    """The heading that it stands under if that names its subject, else the title of its type."""
    title = taxonomy()[name].title
    subject = {word[:_STEM] for word in _WORD.findall(title.casefold())}
    named = {word[:_STEM] for word in _WORD.findall(heading.casefold())}
    return _tidy(heading) if heading and subject & named else title


def _tidy(heading: str) -> str:
    """Without its stop, and not in capitals throughout."""
    words = heading.strip().rstrip(".: ")
    return words[:1] + words[1:].lower() if words.isupper() and len(words) > 5 else words
