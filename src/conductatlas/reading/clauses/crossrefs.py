"""Cross-references: which clause "Section 16.2" is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from conductatlas.reading.clauses.clause import Clause, ClauseKind
from conductatlas.reading.clauses.finding import Span
from conductatlas.reading.text.marks import Reading

NEAR = 120  # characters on either side in which the name of a law tells that its article is meant
BENEATH = 60  # clauses after a numbered one among which its "(a)" is looked for
MOST = 2_000  # references of a document that are looked for
_NUMBER = r"(?:\d{1,3}(?:\.\d{1,3}){0,4}|[IVXLC]{1,6}|[A-Z](?:\.\d{1,3}){0,3})"
_NAMED = re.compile(
    rf"(?<!\w)(?P<name>(?i:sections?|clauses?|articles?|paragraphs?|ziffern?|abschnitt|artikel|nummer)\s|§§?\s?)"
    rf"(?P<number>{_NUMBER})(?P<inner>(?:\s?\([a-z0-9]{{1,4}}\)){{0,3}})(?!\w|\.\d)"
    rf"(?P<elsewhere>(?:\s|,\s)(?:of|to|des|der|du)\s+(?:the\s+)?(?!this|these|our|diese)\w)?"
)
_OF_LAW = re.compile(
    r"standard contractual|\bSCCs?\b|GDPR|regulation|directive|U\.?S\.?C|\bact\b", re.IGNORECASE
)
_OF_LAWS = (
    "article",
    "artikel",
    "clause",
)  # words that texts use of laws and standard clauses more than of themselves


@dataclass(frozen=True, slots=True)
class CrossReference:
    """Words that name another clause of the text. place: of the clause they stand in. target: the place of the named
    one, None if the text has none of that number or more than one, or another text is meant ("Article 6 of …")."""

    span: Span
    number: str
    place: int
    target: int | None


def crossrefs(reading: Reading, clauses: Sequence[Clause]) -> tuple[CrossReference, ...]:
    """All of them in the text's order; those that name what is not found are there too."""
    known = _numbered(clauses)
    return tuple(item for clause in clauses for item in _of(reading.text, clause, known, clauses))[:MOST]


def _numbered(clauses: Sequence[Clause]) -> dict[str, list[Clause]]:
    """Clauses by number, of which one is named if it alone has it; where headings have it, these."""
    found: dict[str, list[Clause]] = {}
    for clause in clauses:
        number = clause.number.rstrip(".").casefold()
        is_heading = clause.kind is ClauseKind.HEADING
        if not number or not (number[0].isdigit() or is_heading):
            continue
        if number.isdigit() and clause.kind not in (
            ClauseKind.HEADING,
            ClauseKind.PARAGRAPH,
            ClauseKind.PART,
        ):
            continue
        others = found.setdefault(number, [])
        if is_heading and others and others[0].kind is not ClauseKind.HEADING:
            others.clear()
        if is_heading or not others or others[0].kind is not ClauseKind.HEADING:
            others.append(clause)
    return found


def _of(
    text: str, clause: Clause, known: Mapping[str, list[Clause]], clauses: Sequence[Clause]
) -> Iterator[CrossReference]:
    if clause.kind is ClauseKind.HEADING:
        return
    for match in _NAMED.finditer(text, clause.start, clause.end):
        inner = (match["inner"] or "").replace(" ", "")
        end = match.end("inner") if inner else match.end("number")
        target = None if _is_elsewhere(match, text, clause) else _only(known, match["number"], clause)
        if target is not None and inner:
            target = _within(clauses, target, inner)
        place = target.place if target else None
        yield CrossReference(Span(match.start(), end), match["number"] + inner, clause.place, place)


def _is_elsewhere(match: re.Match[str], text: str, clause: Clause) -> bool:
    """Whether another text is meant: "Article 6 of the …", or a name that laws use, beside the name of a law."""
    if match["elsewhere"]:
        return True
    around = text[max(clause.start, match.start() - NEAR) : min(clause.end, match.end() + NEAR)]
    is_of_law = match["name"].casefold().startswith(_OF_LAWS)
    return is_of_law and bool(_OF_LAW.search(around) or _OF_LAW.search(clause.section.title))


def _only(known: Mapping[str, list[Clause]], number: str, clause: Clause) -> Clause | None:
    """The one clause of this number; of several the one under the same outermost title, for a text may be several."""
    found = known.get(number.casefold(), [])
    if len(found) > 1:
        outermost = clause.section.path[:1]
        found = [other for other in found if other.section.path[:1] == outermost]
    return found[0] if len(found) == 1 else None


def _within(clauses: Sequence[Clause], outer: Clause, inner: str) -> Clause:
    """The clause "(a)" beneath the numbered one, the numbered one itself if there is no single such."""
    for letter in re.findall(r"\w+", inner):
        beneath = [
            clause
            for clause in clauses[outer.place + 1 : outer.place + 1 + BENEATH]
            if clause.number == letter and (clause.parent == outer.place or clause.section == outer.section)
        ]
        if len(beneath) != 1:
            break
        outer = beneath[0]
    return outer
