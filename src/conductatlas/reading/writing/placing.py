"""Jurisdiction flags: the countries and states that a clause names, for whom it holds, and whose law may govern it."""

from __future__ import annotations

from collections.abc import Iterator

from conductatlas.reading.clauses.finding import Fact, Span
from conductatlas.reading.clauses.places import place_name, places
from conductatlas.reading.writing.analysis import Ground, GroundKind, Sentence
from conductatlas.reading.writing.draft import Draft, on_fact, on_words, sentence, title_of
from conductatlas.reading.writing.sayings import joined, value_in_words
from conductatlas.reading.writing.subject import Beside

_OF_PLACE = (
    ("governing_law", "law"),
    ("venue", "place"),
    ("governing_law", "home_law"),
    ("venue", "home_courts"),
)
MOST_PLACES = 6
LONGEST = 8000  # characters of a clause in which places are looked for
LONGEST_TITLE = 120


def jurisdiction(draft: Draft) -> Iterator[Sentence]:
    """What the clause says of places; else that it names none, and what the rest of the text says."""
    told = [*_titled(draft), *_regions(draft)]
    named = _named(draft)
    yield from told
    if named is not None:
        yield named
    if not told and named is None:
        yield sentence("No country, state or union is named in this clause", draft.whole)
    yield from _elsewhere(draft)
    yield from _of_law(draft)


def _titled(draft: Draft) -> Iterator[Sentence]:
    """The titles above the clause that name places: what stands under them is for the people there."""
    for title in draft.finding.path:
        if len(title) <= LONGEST_TITLE and places(title):
            yield sentence(f"The clause stands under a title that names a place: “{title}”", draft.whole)


def _regions(draft: Draft) -> Iterator[Sentence]:
    """The regions for whose people facts are stated, with what is stated for them."""
    by_region: dict[str, list[Fact]] = {}
    for fact in draft.facts:
        if fact.scope.region:
            by_region.setdefault(fact.scope.region, []).append(fact)
    for region, facts in by_region.items():
        where = joined([place_name(code) for code in region.split(",")])
        what = joined([f"{title_of(fact).lower()} ({value_in_words(fact)})" for fact in facts[:3]])
        yield sentence(f"Stated for {where}: {what}", *(on_fact(fact) for fact in facts[:3]))


def _named(draft: Draft) -> Sentence | None:
    """The places that the clause names, with the words around the first."""
    span = draft.finding.span
    found = places(draft.text[span.start : min(span.end, span.start + LONGEST)])
    if not found:
        return None
    spans: dict[str, Span] = {}
    for place in found:
        spans.setdefault(place.code, Span(span.start + place.start, span.start + place.end))
    codes = list(spans)[:MOST_PLACES]
    more = len(spans) - len(codes)
    listed = joined([f"“{spans[code].of(draft.text)}”" for code in codes])
    said = f"The clause names {listed}" + (", and more places" if more else "")
    return sentence(said, on_words(*(spans[code] for code in codes)))


def _elsewhere(draft: Draft) -> Iterator[Sentence]:
    """What other clauses of the text say of law and courts, where this one says nothing of them."""
    own = {(fact.type, fact.name) for fact in draft.facts}
    told: dict[tuple[str, str], Beside] = {}
    for one in draft.subject.beside:
        key = one.fact.type, one.fact.name
        if key in _OF_PLACE and key not in own:
            told.setdefault(key, one)
    if told:
        listed = "; ".join(f"{_said(one.fact)} (in “{one.title}”)" for one in told.values())
        yield sentence(
            f"Stated elsewhere in the document: {listed}", *(on_fact(one.fact) for one in told.values())
        )


def _said(fact: Fact) -> str:
    title = title_of(fact)
    title = title[:1].lower() + title[1:]
    return title if isinstance(fact.value, bool) else f"{title}, {value_in_words(fact)}"


def _of_law(draft: Draft) -> Iterator[Sentence]:
    """The jurisdictions of the mapped law."""
    codes: dict[str, str] = {}
    for mapping in draft.subject.mappings:
        codes.setdefault(mapping.instrument.jurisdiction, mapping.article.id)
    if codes:
        where = "; ".join(place_name(code) for code in codes)
        grounds = (Ground(GroundKind.LAW, article) for article in codes.values())
        yield sentence(f"Laws of these jurisdictions may govern it, on their conditions: {where}", *grounds)
