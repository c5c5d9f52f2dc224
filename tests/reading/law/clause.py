"""Invented clauses as findings, and what is mapped to them."""

from __future__ import annotations

from collections.abc import Sequence

from conductatlas.reading.clauses.facts import find_facts
from conductatlas.reading.clauses.finding import Finding, Span, Typed
from conductatlas.reading.clauses.segment import segment
from conductatlas.reading.law.context import Context, context_of
from conductatlas.reading.law.entry import Mapping
from conductatlas.reading.law.mapping import mappings
from conductatlas.reading.text.marks import Mark, MarkKind, Reading

EEA = "Larkspur offers the service to people in the European Economic Area and the United Kingdom."
US = "If you live in the United States, the rules for the United States are below."
CALIFORNIA = (
    "California residents have further rights, and so do residents of Illinois, Texas and Washington."
)
CONSUMER = "If you are a consumer, your statutory rights stay untouched."


def mapped(
    type_name: str,
    clause: str,
    *beside: str,
    kind: str = "terms",
    language: str = "en",
    title: str = "Larkspur Terms",
    under: Sequence[str] = (),
    link: str = "",
    also: Sequence[Typed] = (),
) -> tuple[Mapping, ...]:
    """What is mapped to `clause`, of a type, in a document that also says the sentences `beside`, and has the title
    `under` above the clause. link: where its last word leads. also: its further types."""
    lines = [title, *beside, *under, clause]
    text = "\n".join(lines)
    start = len(text) - len(clause)
    marks = (Mark(text.rindex(" ") + 1, len(text), MarkKind.LINK, 0, link),) if link else ()
    reading = Reading(text, marks, title, language)
    clauses = segment(reading)
    own = [one.place for one in clauses if one.start >= start]
    types = (type_name, *(typed.type for typed in also))
    facts = find_facts(reading, clauses, dict.fromkeys(own, types), kind)
    found = Finding(
        (Typed(type_name, 0.9, "rule:test"), *also),
        type_name,
        Span(start, len(text)),
        tuple(own),
        "a",
        (title, *under),
        "",
        None,
        tuple(fact for place in own for fact in facts.get(place, ())),
    )
    return mappings(text, found, context_of(reading, kind, [found]))


def articles(found: Sequence[Mapping]) -> set[str]:
    return {mapping.article.id for mapping in found}


def instruments(found: Sequence[Mapping]) -> set[str]:
    return {mapping.instrument.id for mapping in found}


def context(text: str, kind: str = "terms", language: str = "en") -> Context:
    return context_of(Reading(text, (), text.split("\n")[0], language), kind)
