"""What a clause is, why it matters and what it means for a person: from its facts, then from its own words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from conductatlas.reading.clauses.finding import Fact, Span
from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.reading.writing.analysis import Ground, GroundKind, Sentence
from conductatlas.reading.writing.draft import (
    CONDITION,
    OPENS,
    Draft,
    for_whom,
    on_fact,
    on_words,
    scope_in_words,
    sentence,
)
from conductatlas.reading.writing.explanations import explanations
from conductatlas.reading.writing.quoting import LONGEST, Quote
from conductatlas.reading.writing.sayings import joined, said, sayings
from conductatlas.reading.writing.wording import Mode, Wording, lead

MOST_WORDINGS = (
    2  # sentences of the clause that are quoted in each of the two parts where facts do not tell all
)
MOST_YOU = 6
MOST_STATED = 6  # sentences that state facts
MOST_ITEMS = 3
HALF = 140  # characters of each of two quotes that belong together
LONGEST_TITLE = 80

_SAYS = {
    Mode.DISCLAIMS: "excludes",
    Mode.BANS: "excludes for the user",
    Mode.BINDS: "requires of the user",
    Mode.LETS: "permits the user",
    Mode.RESERVES: "reserves to {platform}",
    Mode.DENIES: "states what {platform} does not do",
    Mode.UNDERTAKES: "requires of {platform}",
    Mode.DOES: "states what {platform} does",
    Mode.PARTIES: "states for both parties",
    Mode.TELLS: "states",
    Mode.NAMES: "states",
}
_OF_YOU = {
    Mode.BANS: "The text rules this out for you",
    Mode.BINDS: "The text asks this of you",
    Mode.LETS: "The text leaves this open to you",
}
_FOR_YOU = {
    Mode.DISCLAIMS: "What is excluded there stays with you.",
    Mode.BANS: "For you this is a limit: what is named there is not allowed.",
    Mode.BINDS: "For you this is a duty or an undertaking of your own.",
    Mode.LETS: "For you this is a possibility; nothing in that sentence obliges you to use it.",
    Mode.RESERVES: "It leaves the decision with {platform}.",
    Mode.DENIES: "It tells you what not to expect of {platform}, or what it says it leaves undone.",
    Mode.UNDERTAKES: "It is something that {platform} takes on toward you or others.",
    Mode.DOES: "It describes what {platform} does; whether you have a say is a matter of other words.",
    Mode.PARTIES: "It binds both sides, you among them.",
}
_INSTITUTIONAL = (Mode.RESERVES, Mode.DISCLAIMS, Mode.UNDERTAKES, Mode.DENIES, Mode.DOES, Mode.PARTIES)


def what_it_is(draft: Draft) -> Iterator[Sentence]:
    """The type in general, then what this clause states."""
    surety = draft.subject.surety
    title = taxonomy()[draft.finding.type].title
    is_unsure = surety is not None and surety.word == "low"
    as_what = f"Read, with low confidence, as “{title}”. " if is_unsure else ""
    yield _general(draft, as_what + explanations()[draft.finding.type].what)
    opening = f"in {draft.platform}’s {draft.subject.document}{_under(draft)}, the clause"
    number = 0
    for number, facts in enumerate(_together(draft.facts)[:MOST_STATED], 1):
        yield _stated(draft, facts, opening if number == 1 else "the clause")
    fresh = _chosen(draft, _INSTITUTIONAL, 1 if number > 1 else MOST_WORDINGS)
    for place, wording in enumerate(fresh):
        if place and draft.is_shown(wording.span):
            continue  # with what introduces it
        yield _worded(draft, wording, opening if not number and not place else "it")


def _under(draft: Draft) -> str:
    """The title that the clause stands under."""
    title = draft.finding.path[-1] if draft.finding.path else ""
    is_told = (
        title.strip()
        and title != draft.subject.document
        and len(title) <= LONGEST_TITLE
        and not title.endswith(OPENS)
    )
    return f", under “{title}”" if is_told else ""


def why_it_matters(draft: Draft) -> Iterator[Sentence]:
    yield _general(draft, explanations()[draft.finding.type].why)


def for_you(draft: Draft) -> Iterator[Sentence]:
    """What the facts mean for a person; else what the clause says of users, or what follows from how it is put."""
    told = draft.told("you")[:MOST_YOU]
    conditions: set[str] = set()
    for words, facts in told:
        behind, grounds = _condition(draft, facts[0], conditions)
        yield sentence(for_whom(facts[0].scope, words) + behind, *map(on_fact, facts), *grounds)
    quoted = 0
    for wording in [one for one in draft.fresh() if one.mode in _OF_YOU][
        : 1 if len(told) > 1 else MOST_WORDINGS
    ]:
        quote = draft.tell(wording)
        quoted += 1
        yield sentence(f"{_OF_YOU[wording.mode]}: {quote.said}", on_words(*quote.spans))
    if not told and not quoted:
        yield from _following(draft)
    yield from _no_way_out(draft)


def _condition(draft: Draft, fact: Fact, told: set[str]) -> tuple[str, list[Ground]]:
    """The condition of a fact as a sentence of its own, once; told: those that were."""
    span = draft.find(fact.condition, (*fact.spans, draft.finding.span))
    if span is None or fact.condition in told:
        return "", []
    told.add(fact.condition)
    quote = draft.quote(span, None, CONDITION)
    kind = (
        "an exception" if fact.condition.lower().startswith(("except", "unless", "save")) else "a condition"
    )
    return f" There is {kind}: {quote.said}", [on_words(*quote.spans)]


def _following(draft: Draft) -> Iterator[Sentence]:
    """What follows for a person from how the quoted words are put."""
    shown = next((one for one in draft.wordings if draft.is_shown(one.span) and one.mode in _FOR_YOU), None)
    if shown is not None:
        words = _FOR_YOU[shown.mode].replace("{platform}", draft.platform)
        yield sentence(words, on_words(shown.span), is_inferred=True)
    elif draft.subject.is_searched:
        names_you = " you" in f" {draft.subject.words.lower()}"
        is_item = all(one.mode is Mode.NAMES for one in draft.wordings)
        words = (
            "It is an item or a title; whom it binds is said by the words around it."
            if is_item
            else "You come up in it, and no duty, right or limit of yours could be read from it."
            if names_you
            else "Nobody is addressed in it: it describes something, and asks nothing of a reader."
        )
        yield sentence(words, draft.whole, is_inferred=True)


def _no_way_out(draft: Draft) -> Iterator[Sentence]:
    missing = [one for one in draft.aspects if one.span is None and one.aspect.id == "choice"]
    if missing:
        yield sentence(
            "No choice, consent or way to object was found in these words", draft.whole, is_inferred=True
        )


def _general(draft: Draft, words: str) -> Sentence:
    return Sentence(words, (Ground(GroundKind.TYPE, draft.finding.type),), is_general=True)


def _together(facts: Iterable[Fact]) -> list[list[Fact]]:
    """Facts that one sentence states for the same people, in the order of the text."""
    found: dict[object, list[Fact]] = {}
    for fact in facts:
        found.setdefault((fact.spans[0], fact.scope, fact.condition, fact.limit), []).append(fact)
    return sorted(found.values(), key=lambda some: some[0].spans[0].start)


def _stated(draft: Draft, facts: Sequence[Fact], opening: str) -> Sentence:
    """One sentence on facts that are stated together, with the words that state them."""
    first = facts[0]
    verbs: list[str] = []
    before = ("", False)
    for fact in facts:
        form = sayings().get((fact.type, fact.name))
        words = said(form.says, fact, draft.platform) if form else ""
        verb, _, rest = words.partition(" ")
        key = verb, rest.startswith("that ")
        if words:
            verbs.append(rest if key == before else words)
            before = key
    scope = scope_in_words(first.scope)
    start = f"for {scope}, {opening}" if scope else opening
    quote = _quote(draft, facts)
    behind, grounds = _conditions(draft, first, quote.spans)
    said_all = f"{start} {joined(verbs) or 'states'}{behind}: {quote.said}"
    return sentence(said_all, *(on_fact(fact, *quote.spans) for fact in facts), *grounds)


def _quote(draft: Draft, facts: Sequence[Fact]) -> Quote:
    """The sentence that states some facts, behind what introduces it if that has words of theirs."""
    own = facts[0].spans[0]
    ahead = next((span for fact in facts for span in fact.spans[1:] if not _within(span, own)), None)
    if ahead is None:
        return draft.quote(own, _focus(facts))
    lead = draft.quote(ahead, _inner(facts, ahead), HALF)
    rest = draft.quote(own, _focus(facts), HALF)
    return Quote(f"{lead.said} {rest.said}", (*lead.spans, *rest.spans))


def _inner(facts: Sequence[Fact], outer: Span) -> Span | None:
    """The first words of some facts that lie in a span and are not all of it."""
    return next(
        (span for fact in facts for span in fact.spans if span != outer and _within(span, outer)), None
    )


def _focus(facts: Sequence[Fact]) -> Span | None:
    """The words of a sentence that state some facts; only those of the first, if all are too long to quote."""
    whole = facts[0].spans[0]
    inner = [span for fact in facts for span in fact.spans[1:] if _within(span, whole)]
    if not inner:
        return None
    focus = Span(min(span.start for span in inner), max(span.end for span in inner))
    return focus if focus.end - focus.start <= LONGEST else inner[0]


def _conditions(draft: Draft, fact: Fact, shown: Sequence[Span]) -> tuple[str, list[Ground]]:
    """The condition and the words of limit of a fact, quoted where the words shown do not have them."""
    words, grounds = "", []
    for found, form in ((fact.condition, ", on a condition ({})"), (fact.limit, ", limited by the words {}")):
        span = draft.find(found, (*fact.spans, draft.finding.span))
        if span is None or any(span.start < one.end and one.start < span.end for one in shown):
            continue
        quote = draft.quote(span, None, CONDITION)
        words += form.format(quote.said)
        grounds.append(on_words(*quote.spans))
    return words, grounds


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _chosen(draft: Draft, first: Sequence[Mode], most: int) -> list[Wording]:
    """The sentences to quote: those of these modes in the order of the text, else the first that are there."""
    fresh = draft.fresh()
    full = [one for one in fresh if one.mode is not Mode.NAMES]
    preferred = [one for one in full if one.mode in first]
    others = [one for one in full if one.mode not in first]
    is_told = len(fresh) < len(draft.wordings)
    chosen = (
        [*preferred[:most], *others][:most]
        if preferred
        else (others[:most] or ([] if is_told else fresh[:1]))
    )
    return sorted(chosen, key=lambda one: one.span.start)


def _worded(draft: Draft, wording: Wording, opening: str) -> Sentence:
    """A sentence on one sentence of the clause; of items those that follow, too, and what introduces them."""
    verb = _SAYS[wording.mode].replace("{platform}", draft.platform)
    if wording.mode is not Mode.NAMES:
        quote = draft.tell(wording)
        return sentence(f"{opening} {verb}: {quote.said}", on_words(*quote.spans))
    items = [one for one in draft.fresh() if one.mode is Mode.NAMES][:MOST_ITEMS]
    quotes = [draft.quote(one.span, None, 120) for one in items]
    spans = [span for quote in quotes for span in quote.spans]
    listed = joined([quote.said for quote in quotes])
    above = lead(draft.text, wording.span)
    if above is None:
        return sentence(f"{opening} {verb}: {listed}", on_words(*spans))
    begun = draft.quote(above, None, 140)
    return sentence(
        f"{opening} {verb} {listed}, in a list introduced by {begun.said}", on_words(*spans, *begun.spans)
    )
