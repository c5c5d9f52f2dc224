"""Questions to put to the vendor, records to check, and what the text offers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conductatlas.reading.clauses.facts import conflicts
from conductatlas.reading.clauses.finding import Fact
from conductatlas.reading.writing.analysis import Ground, GroundKind, Sentence
from conductatlas.reading.writing.aspects import left_open
from conductatlas.reading.writing.draft import Draft, on_fact, on_words, scope_in_words, sentence, title_of
from conductatlas.reading.writing.sayings import joined, said, sayings, value_in_words
from conductatlas.reading.writing.wording import Mode

MOST_STATED = 3
MOST_OPEN = 2
MOST_MISSING = 2
MOST_RECORDS = 2
MOST_OFFERS = 2
_OFFERS = re.compile(
    r"\b(?:may|can|(?:have|has) the (?:right|option) to|(?:is|are) entitled to) (?:also |always |choose to |elect to )?"
    r"(?:opt|object|withdraw|request|ask|contact|e-?mail|write|reach|unsubscribe|cancel|terminate|close|delete|"
    r"disable|decline|refuse|reject|turn|change|update|correct|access|download|export|appeal|complain|lodge|report|"
    r"submit|exercise|revoke|limit|manage|notify|end|stop|switch|adjust|remove)\w*\b",
    re.IGNORECASE,
)
_ASKED_OF = re.compile(
    r"\b(?:contact us|e-?mail us|write to us|reach us|by (?:e-?mailing|contacting|writing to))\b",
    re.IGNORECASE,
)


def questions(draft: Draft) -> Iterator[Sentence]:
    """Questions, each tied to something stated twice, stated, left open or not stated; then the records."""
    yield from _conflicting(draft)
    yield from _stated(draft)
    yield from _opened(draft)
    yield from _missing(draft)
    yield from _records(draft)


def actions(draft: Draft) -> Iterator[Sentence]:
    """What the text offers a person, in its words."""
    told = 0
    for facts in _offering(draft):
        if told < MOST_OFFERS:
            told += 1
            quote = draft.quote(facts[0].spans[0], facts[0].spans[-1], 160)
            scope = scope_in_words(facts[0].scope)
            for_whom = f", for {scope}" if scope else ""
            offers = joined(
                _shortened([said(sayings()[one.type, one.name].offers, one, draft.platform) for one in facts])
            )
            grounds = [on_fact(one, *quote.spans) for one in facts]
            yield sentence(f"The text offers {offers}{for_whom}: {quote.said}", *grounds)
    if told:
        return
    for wording in draft.wordings:
        words = wording.span.of(draft.text)
        match = _OFFERS.search(words) if wording.mode is Mode.LETS else _ASKED_OF.search(words)
        if match is not None and told < MOST_OFFERS and " not " not in words[match.start() : match.end() + 5]:
            told += 1
            start = wording.span.start
            focus = wording.span._replace(start=start + match.start(), end=start + match.end())
            quote = draft.quote(wording.span, focus, 220)
            yield sentence(f"The text offers: {quote.said}", on_words(*quote.spans))


def _offering(draft: Draft) -> list[list[Fact]]:
    """The facts that offer something, those of one sentence together."""
    found: dict[object, list[Fact]] = {}
    for fact in draft.facts:
        form = sayings().get((fact.type, fact.name))
        if form is not None and said(form.offers, fact, draft.platform):
            found.setdefault((fact.spans[0], fact.scope), []).append(fact)
    return list(found.values())


def _shortened(offers: list[str]) -> list[str]:
    """Offers without the words that they have in common with the first: "opting out within 30 days", "by e-mail"."""
    first = offers[0].split()
    short = [offers[0]]
    for offer in offers[1:]:
        words = offer.split()
        same = next((n for n, pair in enumerate(zip(first, words, strict=False)) if pair[0] != pair[1]), 0)
        short.append(" ".join(words[same:]))
    return list(dict.fromkeys(short))


def _conflicting(draft: Draft) -> Iterator[Sentence]:
    for one, other in conflicts(draft.finding.facts)[:MOST_STATED]:
        values = f"{value_in_words(one)}, and {value_in_words(other)}"
        yield sentence(
            f"Stated twice: {title_of(one)}, as {values}. Which of the two holds, and for whom?",
            on_fact(one),
            on_fact(other),
        )


def _stated(draft: Draft) -> Iterator[Sentence]:
    told = sorted(draft.told("ask"), key=lambda pair: pair[1][0].type != draft.finding.type)
    for words, facts in told[:MOST_STATED]:
        yield sentence(words, *map(on_fact, facts))


def _opened(draft: Draft) -> list[Sentence]:
    """Questions on words whose measure the clause leaves open."""
    if not draft.subject.is_searched:
        return []
    found: list[Sentence] = []
    for one, span in left_open(draft.text, draft.finding.span):
        if len(found) < MOST_OPEN:
            found.append(sentence(one.ask.replace("{words}", span.of(draft.text)), on_words(span)))
    return found


def _missing(draft: Draft) -> Iterator[Sentence]:
    """Questions on what clauses of the type state and this one does not, nor another of the text."""
    if not draft.subject.is_searched:
        return
    stated = {(fact.type, fact.name) for fact in draft.subject.facts()}
    type_ = draft.finding.type
    told = 0
    for key, form in sayings().items():
        if key[0] == type_ and form.missing and key not in stated and told < MOST_MISSING:
            told += 1
            yield sentence(
                f"Not stated here: {form.missing.replace('{platform}', draft.platform)}",
                Ground(GroundKind.FACT, ".".join(key), draft.whole.spans),
            )
    for one in draft.aspects:
        if one.span is None and told < MOST_MISSING:
            told += 1
            yield sentence(f"Not stated here: {one.aspect.ask}", draft.whole)


def _records(draft: Draft) -> Iterator[Sentence]:
    told: set[str] = set()
    for fact in draft.facts:
        form = sayings().get((fact.type, fact.name))
        if form and form.record and form.record not in told and len(told) < MOST_RECORDS:
            told.add(form.record)
            yield sentence(f"Record to check: {form.record}", on_fact(fact))
    for named in draft.subject.named:
        if len(told) < MOST_RECORDS:
            told.add(named.title)
            yield sentence(
                f"Record to check: “{named.title}”, as it stood at signature", on_words(named.span)
            )
