"""Contract and vendor implications: what follows from the facts, what else the clause binds or leaves open, and which
terms and documents it leans on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conductatlas.reading.clauses.finding import Span
from conductatlas.reading.writing.analysis import Sentence
from conductatlas.reading.writing.draft import Draft, for_whom, on_fact, on_words, sentence
from conductatlas.reading.writing.sayings import joined
from conductatlas.reading.writing.terms import COMMON
from conductatlas.reading.writing.wording import Mode

MOST_FACTS = 5
MOST_TERMS = 2
MOST_NAMED = 3
QUOTE = 150  # characters of a definition that are quoted
SHORT = 90  # of what is named in passing
FEWEST = 12  # of what is worth naming
NEAR = 12  # characters from its beginning within which a definition names its term
_MARK = re.compile(r"[,;.](?!\d)|\n|\)")
_CONTRACTUAL = {
    Mode.UNDERTAKES: "{platform} takes on",
    Mode.RESERVES: "Reserved to {platform}",
    Mode.DENIES: "Not taken on, or denied",
    Mode.BINDS: "Required of the customer and whoever uses its accounts",
    Mode.BANS: "Excluded for the customer and whoever uses its accounts",
    Mode.DISCLAIMS: "Excluded",
    Mode.PARTIES: "For both parties",
    Mode.LETS: "Permitted to the customer",
}


def contract(draft: Draft) -> Iterator[Sentence]:
    told = draft.told("contract")[:MOST_FACTS]
    for words, facts in told:
        yield sentence(for_whom(facts[0].scope, words), *map(on_fact, facts))
    yield from _worded(draft, 1 if len(told) > 1 else 2)
    yield from _seen(draft)
    yield from _leaning(draft)


def _worded(draft: Draft, most: int) -> Iterator[Sentence]:
    """Sentences of the clause that bind somebody and were not quoted yet."""
    for wording in [one for one in draft.fresh() if one.mode in _CONTRACTUAL][:most]:
        quote = draft.tell(wording)
        form = _CONTRACTUAL[wording.mode].replace("{platform}", draft.platform)
        yield sentence(f"{form}: {quote.said}", on_words(*quote.spans))


def _seen(draft: Draft) -> Iterator[Sentence]:
    """What the clause names beside what was quoted, by its own words, and what it does not state."""
    found = [
        (one.aspect, _around(draft, one.span))
        for one in draft.aspects
        if one.span is not None and one.aspect.is_told and not draft.is_shown(one.span)
    ]
    found = [(aspect, span) for aspect, span in found if span.end - span.start >= FEWEST]
    if found:
        quotes = [(aspect, draft.quote(span, None, SHORT)) for aspect, span in found]
        listed = joined([f"{aspect.named} ({quote.said})" for aspect, quote in quotes])
        yield sentence(
            f"The clause names {listed}", on_words(*(span for _, quote in quotes for span in quote.spans))
        )
    absent = [one.aspect.named for one in draft.aspects if one.span is None]
    if absent:
        yield sentence(f"The clause does not state {joined(absent, 'or')}", draft.whole)


def _around(draft: Draft, span: Span) -> Span:
    """Some words and what follows them, up to a mark."""
    match = _MARK.search(draft.text, span.end, draft.finding.span.end)
    return Span(span.start, match.start() if match else draft.finding.span.end)


def _leaning(draft: Draft) -> Iterator[Sentence]:
    """The defined terms it uses and the documents it names."""
    told: set[str] = set()
    for one in draft.subject.defined:
        if (
            len(told) < MOST_TERMS
            and one.term.casefold() not in told | COMMON
            and one.term not in draft.platform
        ):
            told.add(one.term.casefold())
            span = _defining(draft, one.term, one.span)
            quote = draft.quote(span, None, span.end - span.start)
            yield sentence(
                f"It uses a term that the document defines, “{one.term}”: {quote.said}",
                on_words(one.span, *quote.spans),
            )
    for named in draft.subject.named[:MOST_NAMED]:
        state = "it is read here as a document of its own" if named.is_read else "its text was not read"
        yield sentence(f"It names another document, “{named.title}”; {state}", on_words(named.span))


def _defining(draft: Draft, term: str, span: Span) -> Span:
    """The words that define a term: from its beginning if that names it, else those ahead of it."""
    quoted = [draft.text.find(mark + term, span.start, span.end) for mark in ("“", '"')]
    at = next((place + 1 for place in quoted if place >= 0), draft.text.find(term, span.start, span.end))
    if at - span.start <= NEAR:
        return span
    begin = max(span.start, at - QUOTE)
    for mark in (". ", "; ", ", ", " "):
        found = draft.text.find(mark, begin, at - NEAR)
        if begin > span.start and found >= 0:
            begin = found + len(mark)
            break
    line = draft.text.rfind("\n", begin, at)
    return Span(max(begin, line + 1), min(span.end, at + len(term) + 2))
