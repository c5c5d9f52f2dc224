"""What a document says: its clauses, what each is of, the provisions they make, and all that goes with them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from conductatlas.reading.clauses.clause import Clause, ClauseKind
from conductatlas.reading.clauses.crossrefs import CrossReference, crossrefs
from conductatlas.reading.clauses.definitions import Definition, definitions
from conductatlas.reading.clauses.facts import find_facts
from conductatlas.reading.clauses.finding import Fact, Finding, Span, Typed
from conductatlas.reading.clauses.grouping import Group, Types, groups
from conductatlas.reading.clauses.passage import Passage
from conductatlas.reading.clauses.references import Reference, references
from conductatlas.reading.clauses.segment import passages, segment
from conductatlas.reading.clauses.severity import rate
from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.reading.text.marks import Reading, count_words
from conductatlas.reading.text.sections import Section

Classify = Callable[[Sequence[Passage]], Sequence[tuple[Typed, ...]]]

DEFINITIONS = "definitions"  # the type of clauses that make no provision
LONGEST_TITLE = 40  # characters of a title of a section of definitions
_SILENT = (ClauseKind.HEADING, ClauseKind.REFERENCE)
_DEFINING = re.compile(
    r"\b(?:definitions?|defined\s+terms|glossary|begriffsbestimmungen|définitions)\b|定义", re.I
)
_WORD = re.compile(r"[^\W\d_]{4,}")
# Words of types' titles that stand in titles of all subjects.
_COMMON = frozenset(
    {"content", "data", "information", "other", "party", "personal", "service", "services", "terms", "third"}
    | {"user", "users"}
)
_STEM = 5  # letters by which two words are taken for one ("arbitrate", "arbitration")


@dataclass(frozen=True, slots=True)
class Found:
    """All that was found in one document.

    types: of each clause by its place, the first what it is called by; untyped clauses are left out. findings: the
    provisions, in the text's order, no clause in two. words: of all clauses that say something, headings and labels of
    links left out. typed_words: of those among them that lie in a provision, or are known to define a term.
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
    names = {place: tuple(typed.type for typed in found) for place, found in types.items()}
    facts = find_facts(reading, clauses, names, kind)
    silent = frozenset(clause.place for clause in saying if _defines(clause, types, facts))
    made = groups(reading.text, clauses, types, silent)
    within = {place for group in made for place in group.places}.union(
        place for place in silent if place in types
    )
    words = {clause.place: count_words(reading.text[clause.start : clause.end]) for clause in saying}
    return Found(
        clauses,
        types,
        tuple(_findings(reading.text, made, clauses, facts)),
        references(reading, clauses),
        definitions(reading, clauses),
        crossrefs(reading, clauses),
        sum(words.values()),
        sum(count for place, count in words.items() if place in within),
    )


def _defines(clause: Clause, types: Types, facts: Mapping[int, tuple[Fact, ...]]) -> bool:
    """Whether a clause only says what a term means: it stands under a title that says so, or it is written so and
    states no fact ("Minimum Age" means sixteen years)."""
    titles = (clause.section.title, *clause.section.path[-1:])
    if any(len(title) <= LONGEST_TITLE and _DEFINING.search(title) for title in titles):
        return True
    typed = types.get(clause.place)
    if typed and typed[0].type == DEFINITIONS:
        return True
    return clause.kind is ClauseKind.DEFINITION and not (typed and clause.place in facts)


def _findings(
    text: str, made: Sequence[Group], clauses: Sequence[Clause], facts: Mapping[int, tuple[Fact, ...]]
) -> Iterator[Finding]:
    near = _by_chapter(clauses, facts)
    titled: set[tuple[int, str]] = set()
    for group in made:
        first, last = (clauses[place] for place in group.first_run())
        section = first.section
        # The heading that it stands under if that names its subject and is not another's title already.
        title = taxonomy()[group.type].title
        if (
            section.title
            and (section.start, section.title) not in titled
            and _names(section.title, group.type)
        ):
            titled.add((section.start, section.title))
            title = _tidy(section.title)
        types = group.ordered()
        own = tuple(fact for place in group.places for fact in facts.get(place, ()))
        spans = [Span(clauses[place].start, clauses[place].end) for place in group.places]
        yield Finding(
            types=types,
            title=title,
            span=Span(first.start, last.end),
            clauses=tuple(group.places),
            anchor=section.anchor,
            path=(*section.path, section.title) if section.title else section.path,
            number=first.number or section.number,
            rating=rate(text, spans, [typed.type for typed in types], own, near[_chapter(section)]),
            facts=own,
        )


def _by_chapter(
    clauses: Sequence[Clause], facts: Mapping[int, tuple[Fact, ...]]
) -> Mapping[tuple[object, ...], Sequence[Fact]]:
    """Facts by the chapter in which they are stated: "14.2" and "14.3" of one chapter say more of each other."""
    found: defaultdict[tuple[object, ...], list[Fact]] = defaultdict(list)
    for place, stated in facts.items():
        found[_chapter(clauses[place].section)] += stated
    return found


def _chapter(section: Section) -> tuple[object, ...]:
    """What tells the chapter of a section: the titles above it below the document's own, else the section itself."""
    return section.path if len(section.path) > 1 else (section.start,)


@lru_cache(maxsize=4096)
def _names(heading: str, name: str) -> bool:
    """Whether a heading names the subject of a type: it has a word of the type's title that not every text has."""
    known = taxonomy().get(name)
    if known is None:
        return False
    subject = {word[:_STEM] for word in _WORD.findall(known.title.casefold()) if word not in _COMMON}
    return not subject.isdisjoint(word[:_STEM] for word in _WORD.findall(heading.casefold()))


def _tidy(heading: str) -> str:
    """Without its stop, and not in capitals throughout."""
    words = heading.strip().rstrip(".: ")
    return words[:1] + words[1:].lower() if words.isupper() and len(words) > 5 else words
