"""An analysis while it is written: its subject, what was found in it, and which words were quoted already."""

from __future__ import annotations

from collections.abc import Iterable

from conductatlas.reading.clauses.fact_rules import attributes
from conductatlas.reading.clauses.finding import Fact, Scope, Span
from conductatlas.reading.clauses.places import place_name
from conductatlas.reading.writing.analysis import Ground, GroundKind, Sentence
from conductatlas.reading.writing.aspects import Seen, seen
from conductatlas.reading.writing.quoting import LONGEST, Quote, quoted
from conductatlas.reading.writing.sayings import filled, form_of, joined, sayings
from conductatlas.reading.writing.subject import Subject
from conductatlas.reading.writing.wording import Wording, is_courtesy, wordings

ENDS = (".", "!", "?", "…", "。")
AUDIENCES = {
    "consumer": "consumers",
    "business": "business users",
    "developer": "developers",
    "minor": "minors",
}
OPENS = (":", "：")  # a sentence that ends so introduces what follows
MOST_ITEMS = 3  # of what a sentence introduces
ITEM = 110  # characters of each
CONDITION = 120  # characters of a condition or a limit that are quoted


class Draft:
    """What the parts of one analysis share."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.text = subject.text
        self.finding = subject.finding
        self.platform = subject.platform
        self.whole = Ground(GroundKind.SPAN, spans=(subject.finding.span,))
        self.wordings = wordings(self.text, self.finding.span, self.platform, subject.language)
        self.aspects: tuple[Seen, ...] = (
            seen(self.text, self.finding.span, self.finding.type) if subject.is_searched else ()
        )
        self.facts = tuple(_each_once(self.finding.facts))
        self._shown: list[Span] = []

    def told(self, name: str) -> list[tuple[str, list[Fact]]]:
        """What the forms of one kind ("you", "contract", "ask") say of the facts; where only the value differs, once
        for all values. In the order of the attributes, each with the facts it is said of."""
        found: dict[tuple[str, Scope], list[Fact]] = {}
        for fact in self.facts:
            saying = sayings().get((fact.type, fact.name))
            form = form_of(getattr(saying, name), fact) if saying else ""
            if form:
                found.setdefault((form, fact.scope), []).append(fact)
        return [(filled(form, facts, self.platform), facts) for (form, _), facts in found.items()]

    def quote(self, span: Span, focus: Span | None = None, longest: int = LONGEST) -> Quote:
        """The words at `span`, noted as shown."""
        quote = quoted(self.text, span, focus, longest)
        self._shown.extend(quote.spans)
        return quote

    def tell(self, wording: Wording, longest: int = LONGEST) -> Quote:
        """The words of a sentence; of one that introduces others the first of these, too."""
        quote = self.quote(wording.span, wording.focus, longest)
        if not wording.span.of(self.text).endswith(OPENS):
            return quote
        place = self.wordings.index(wording) + 1
        items = [self.quote(one.span, None, ITEM) for one in self.wordings[place : place + MOST_ITEMS]]
        said = " ".join((quote.said, *(item.said for item in items)))
        return Quote(said, (*quote.spans, *(span for item in items for span in item.spans)))

    def is_shown(self, span: Span) -> bool:
        """Whether some of these words were quoted already."""
        return any(span.start < shown.end and shown.start < span.end for shown in self._shown)

    def fresh(self) -> list[Wording]:
        """The sentences of the clause of which nothing was quoted yet; courtesies only where there is nothing else."""
        fresh = [wording for wording in self.wordings if not self.is_shown(wording.span)]
        saying = [wording for wording in fresh if not is_courtesy(wording.span.of(self.text))]
        return saying or (fresh if len(fresh) == len(self.wordings) else [])

    def find(self, words: str, spans: Iterable[Span]) -> Span | None:
        """Where some words stand, in the first of these spans that has them; None if none has, or there are none."""
        if words:
            for span in spans:
                at = self.text.find(words, span.start, span.end)
                if at >= 0:
                    return Span(at, at + len(words))
        return None


def stop(said: str) -> str:
    """The sentence with its stop, unless a quote at its end has one."""
    return said if said.rstrip("”").endswith(ENDS) else f"{said}."


def on_fact(fact: Fact, *more: Span) -> Ground:
    """The ground that a fact is."""
    return Ground(GroundKind.FACT, f"{fact.type}.{fact.name}", tuple(dict.fromkeys((*more, *fact.spans))))


def on_words(*spans: Span) -> Ground:
    """The ground that some words are."""
    return Ground(GroundKind.SPAN, spans=tuple(dict.fromkeys(spans)))


def sentence(said: str, *grounds: Ground, is_inferred: bool = False, is_general: bool = False) -> Sentence:
    """A sentence with its first letter a capital and its stop."""
    return Sentence(stop(said[:1].upper() + said[1:]), grounds, is_inferred, is_general)


def scope_in_words(scope: Scope) -> str:
    """For whom something is stated: "consumers in Canada on the paid plan"; "" for everyone."""
    who = joined([AUDIENCES.get(one, one) for one in scope.audience.split(",") if one])
    where = joined([place_name(code) for code in scope.region.split(",") if code])
    plans = joined([f"the {plan} plan" for plan in scope.plan.split(",") if plan])
    parts = [who or ("people" if where or plans else "")]
    if where:
        parts.append(f"in {where}")
    if plans:
        parts.append(f"on {plans}")
    if scope.product:
        product = joined([f"the {one}" for one in scope.product.split(",") if one])
        parts.append(f"using {product}" if parts[0] else f"users of {product}")
    return " ".join(part for part in parts if part)


def for_whom(scope: Scope, words: str) -> str:
    """A sentence with those for whom it holds ahead of it."""
    who = scope_in_words(scope)
    return f"For {who}: {words}" if who else words


def title_of(fact: Fact) -> str:
    """What a fact is called."""
    known = attributes().get((fact.type, fact.name))
    return known.title if known else f"{fact.type} {fact.name}".replace("_", " ")


def _each_once(facts: Iterable[Fact]) -> Iterable[Fact]:
    """Facts in the order of their attributes, none told twice."""
    order = {key: place for place, key in enumerate(attributes())}
    seen_before: set[str] = set()
    for fact in sorted(facts, key=lambda one: order.get((one.type, one.name), len(order))):
        key = repr((fact.type, fact.name, fact.value, fact.scope))
        if key not in seen_before:
            seen_before.add(key)
            yield fact
