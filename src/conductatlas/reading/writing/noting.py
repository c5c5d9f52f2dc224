"""The interpretive note: on what the analysis rests, how sure it is, what was looked for and not found, what was not
read."""

from __future__ import annotations

from collections.abc import Iterator

from conductatlas.reading.clauses.fact_rules import attributes
from conductatlas.reading.clauses.rubric import rubric
from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.reading.writing.analysis import Ground, GroundKind, Sentence
from conductatlas.reading.writing.draft import CONDITION, Draft, on_fact, on_words, sentence, title_of
from conductatlas.reading.writing.sayings import joined, sayings

MOST_UNSTATED = 5


def note(draft: Draft, *, has_inferred: bool) -> Iterator[Sentence]:
    """has_inferred: sentences of other parts follow from the words, and are not said by them."""
    yield _basis(draft, has_inferred)
    if draft.subject.surety is not None:
        yield _sure(draft)
    yield from _unstated(draft)
    yield from _limits(draft)
    if (rating := draft.finding.rating) is not None and rating.is_partial:
        yield from _partial(draft)
    if not draft.subject.is_searched:
        yield sentence(
            "Facts are looked for in English texts only; of this one the words are quoted and no more is read from them"
        )


def _basis(draft: Draft, has_inferred: bool) -> Sentence:
    if not draft.subject.is_searched:
        said = "Basis: quoted words alone"
    elif draft.facts:
        number = len(draft.facts)
        said = f"Basis: explicit text; {number} fact{'' if number == 1 else 's'} read from it"
    else:
        said = "Basis: explicit text, quoted; no fact was found in it"
    if has_inferred:
        said += "; what is marked as inferred follows from it"
    return sentence(said, Ground(GroundKind.COUNT, f"facts {len(draft.facts)}"))


def _sure(draft: Draft) -> Sentence:
    surety = draft.subject.surety
    assert surety is not None
    title = taxonomy()[draft.finding.type].title
    said = f"The type, “{title}”, is told by the machine with {surety.word} confidence"
    if surety.of:
        said += f": of {surety.of} hand-labelled clauses as sure, {surety.right} were right"
    return sentence(
        said,
        Ground(GroundKind.COUNT, f"{surety.right} of {surety.of}"),
        Ground(GroundKind.TYPE, draft.finding.type),
    )


def _unstated(draft: Draft) -> Iterator[Sentence]:
    """Attributes of its type that were looked for and not found: here, or only in another clause."""
    if not draft.subject.is_searched:
        return
    own = {(fact.type, fact.name) for fact in draft.finding.facts}
    beside = {(one.fact.type, one.fact.name): one for one in draft.subject.beside}
    lacking = [
        key
        for key, form in sayings().items()
        if key[0] == draft.finding.type and form.missing and key not in own
    ]
    elsewhere = [beside[key] for key in lacking if key in beside]
    for one in elsewhere[:2]:
        yield sentence(
            f"{title_of(one.fact)}: not stated here, and stated in “{one.title}” of the same document",
            on_fact(one.fact),
        )
    missing = [_lower(attributes()[key].title) for key in lacking if key not in beside][:MOST_UNSTATED]
    if missing:
        grounds = [
            Ground(GroundKind.FACT, ".".join(key), draft.whole.spans) for key in lacking if key not in beside
        ]
        yield sentence(
            f"Looked for in this document and not found: {'; '.join(missing)}", *grounds[:MOST_UNSTATED]
        )


def _limits(draft: Draft) -> Iterator[Sentence]:
    """Words that leave something to law: what law leaves of the clause is not told here."""
    for fact in draft.facts:
        if fact.limit and (span := draft.find(fact.limit, (*fact.spans, draft.finding.span))) is not None:
            quote = draft.quote(span, None, CONDITION)
            yield sentence(
                f"The words {quote.said} stand in it; how much they leave is not determined here",
                on_words(*quote.spans),
            )
            return


def _partial(draft: Draft) -> Iterator[Sentence]:
    """The facts without which the rating is partial."""
    needs = rubric().needs.get(draft.finding.type, ())
    names = dict.fromkeys((one.type, one.name) for one in needs)
    titles = [_lower(attributes()[name].title) for name in names if name in attributes()]
    if titles:
        grounds = [Ground(GroundKind.FACT, f"{type_}.{name}", draft.whole.spans) for type_, name in names]
        yield sentence(f"The rating is partial, since none of these is stated: {joined(titles)}", *grounds)


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]
