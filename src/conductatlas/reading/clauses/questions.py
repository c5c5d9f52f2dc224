"""The questionnaire: fixed questions answered from what a platform's documents state (questions.toml).

Nothing is answered that no words state: a key without facts is None, with the documents in which it was looked for.
Where a fact is stated for several scopes, the widest one answers, then the United States, then consumers; the others
stand beside it. Facts that conflict for one scope answer nothing and are marked as a conflict: a wrong answer is far
worse than none.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from conductatlas.reading.clauses.entity import entity_of
from conductatlas.reading.clauses.fact_rules import attributes
from conductatlas.reading.clauses.facts import VAGUE
from conductatlas.reading.clauses.finding import EVERYONE, Fact, Finding, Scope, Span, Value
from conductatlas.reading.clauses.findings import Found
from conductatlas.reading.compare.dates import stated_dates
from conductatlas.reading.text.marks import Reading
from conductatlas.reading.text.sections import sections

YES, UNLESS, OPT_IN, NO, PLAN = (
    "yes",
    "yes unless opted out",
    "only if opted in",
    "no",
    "depends on plan",
)
SURE, LESS_SURE = 0.95, 0.8
WEAK = ("lawful mechanism, unnamed", "agreement by use")  # say less than a mechanism that is named


@dataclass(frozen=True, slots=True)
class Question:
    """One question. title: in words. kinds: of the documents that can answer it. values: those it can have, () for
    any. facts, yes: attributes as "type.name". map: value of the fact -> of the answer. maker: name of a rule here."""

    key: str
    title: str
    kinds: tuple[str, ...]
    values: tuple[str, ...]
    facts: tuple[str, ...]
    yes: tuple[str, ...]
    map: Mapping[str, Value] | None
    is_joined: bool
    maker: str


@dataclass(frozen=True, slots=True)
class Answerable:
    """A document that is asked. name: what it is called by in answers. kind: "terms", "privacy" …"""

    name: str
    kind: str
    reading: Reading
    found: Found


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. value: None is "not stated". span: the words it rests on, in the text of `document`; quote: these
    words. others: what is stated for further scopes, (scope, value). searched: names of the documents that were asked.
    """

    value: Value = None
    document: str = ""
    section: str = ""
    span: Span | None = None
    quote: str = ""
    scope: Scope = EVERYONE
    condition: str = ""
    confidence: float = 0.0
    is_conflict: bool = False
    others: tuple[tuple[Scope, Value], ...] = ()
    searched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stated:
    """A fact at its place in a document."""

    fact: Fact
    document: Answerable


@dataclass(slots=True)
class _Asked:
    """The documents that can answer one question, and what they state."""

    documents: Sequence[Answerable]
    stated: Mapping[str, Sequence[_Stated]] = field(default_factory=dict)

    def of(self, name: str) -> Sequence[_Stated]:
        return self.stated.get(name, ())

    def findings(self) -> Iterator[Finding]:
        for document in self.documents:
            yield from document.found.findings


@cache
def questions() -> Mapping[str, Question]:
    """All questions by key, in the order of the file."""
    table = tomllib.loads(files(__package__).joinpath("questions.toml").read_text(encoding="utf-8"))
    return {
        key: Question(
            key,
            entry["title"],
            tuple(entry["kinds"]),
            tuple(entry.get("values", ())),
            tuple(entry.get("facts", ())),
            tuple(entry.get("true", ())),
            entry.get("map"),
            entry.get("join", False),
            entry.get("maker", ""),
        )
        for key, entry in table.items()
    }


def answer(documents: Sequence[Answerable]) -> Mapping[str, Answer]:
    """The answers to all questions, in their order. Of documents of one kind the first that states it answers."""
    stated = {id(document): _stated(document) for document in documents}
    return {
        key: _answered(question, [one for one in documents if one.kind in question.kinds], stated)
        for key, question in questions().items()
    }


def _stated(document: Answerable) -> Mapping[str, Sequence[_Stated]]:
    found: dict[str, list[_Stated]] = {}
    for finding in document.found.findings:
        for fact in finding.facts:
            found.setdefault(f"{fact.type}.{fact.name}", []).append(_Stated(fact, document))
    return found


def _answered(
    question: Question,
    documents: Sequence[Answerable],
    stated: Mapping[int, Mapping[str, Sequence[_Stated]]],
) -> Answer:
    together: dict[str, list[_Stated]] = {}
    for document in documents:
        for name, facts in stated[id(document)].items():
            together.setdefault(name, []).extend(facts)
    asked = _Asked(documents, together)
    found = MAKERS[question.maker](asked, question) if question.maker else _by_facts(asked, question)
    searched = tuple(document.name for document in documents)
    if found is None:
        return Answer(searched=searched)
    return Answer(
        found.value,
        found.document,
        found.section,
        found.span,
        found.quote,
        found.scope,
        found.condition,
        found.confidence,
        found.is_conflict,
        found.others,
        searched,
    )


def _by_facts(asked: _Asked, question: Question) -> Answer | None:
    if question.yes:
        held = [one for name in question.yes for one in asked.of(name) if one.fact.value not in (False, "no")]
        return _as_answer(held[0], True) if held else None
    for name in question.facts:
        stated = asked.of(name)
        if not stated:
            continue
        if question.is_joined:
            values = list(dict.fromkeys(value for one in stated for value in _items(one.fact.value)))
            named = [value for value in values if value not in WEAK] or values
            return _as_answer(stated[0], [*named])
        return _main(name, stated, question.map)
    return None


def _items(value: Value) -> Iterator[str]:
    if isinstance(value, list):
        yield from (str(one) for one in value)
    elif value is not None:
        yield str(value)


def _main(name: str, stated: Sequence[_Stated], mapping: Mapping[str, Value] | None) -> Answer | None:
    """The value for the main scope. Several values for it conflict, where the attribute has one value."""
    stated = _without_the_vague(stated)
    scopes = sorted({one.fact.scope for one in stated}, key=_width)
    best = [one for one in stated if one.fact.scope == scopes[0]]
    plain = [one for one in best if not one.fact.condition] or best
    values = {_key(one.fact.value) for one in plain}
    type_name, _, attribute = name.partition(".")
    known = attributes().get((type_name, attribute))
    if len(values) > 1 and (known is None or known.is_single):
        return _as_answer(plain[0], None, is_conflict=True)
    value = plain[0].fact.value
    if mapping is not None:
        if not isinstance(value, str) or value not in mapping:
            return None
        value = mapping[value]
    others = tuple(
        (scope, next(one.fact.value for one in stated if one.fact.scope == scope)) for scope in scopes[1:]
    )
    return _as_answer(plain[0], value, others=others)


def _without_the_vague(stated: Sequence[_Stated]) -> Sequence[_Stated]:
    """A number says more than "no fixed period"; both are no conflict."""
    return [one for one in stated if one.fact.value != VAGUE] or stated


def _key(value: Value) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _width(scope: Scope) -> tuple[int, int, int, str]:
    """Widest first: everyone; then the United States; then consumers; then by name."""
    narrow = sum(bool(part) for part in (scope.audience, scope.region, scope.plan, scope.product))
    american = 0 if not scope.region or "US" in scope.region.split(",") else 1
    consumer = 0 if scope.audience in ("", "consumer", "consumers") else 1
    return american + consumer + bool(scope.plan) + bool(scope.product), narrow, consumer, str(scope)


def _as_answer(
    one: _Stated,
    value: Value,
    *,
    is_conflict: bool = False,
    others: tuple[tuple[Scope, Value], ...] = (),
    confidence: float = SURE,
) -> Answer:
    span = one.fact.spans[0]
    text = one.document.reading.text
    return Answer(
        value,
        one.document.name,
        _section_at(one.document.reading, span.start),
        span,
        span.of(text),
        one.fact.scope,
        one.fact.condition,
        confidence if one.fact.scope == EVERYONE else LESS_SURE,
        is_conflict,
        others,
    )


def _section_at(reading: Reading, place: int) -> str:
    """The titles above a place, outermost first, with the number as printed."""
    for section in sections(reading):
        if section.start <= place <= section.end:
            own = f"{section.number} {section.title}".strip()
            return " > ".join((*section.path, own) if own else section.path)
    return ""


# Rules for questions that no single attribute answers


def _arbitration(asked: _Asked, _question: Question) -> Answer | None:
    """True: required of some users. False: the courts alone. None: neither is said."""
    required = [one for one in asked.of("arbitration.mandatory") if one.fact.value is True]
    if required:
        return _main("arbitration.mandatory", required, None)
    refused = [one for one in asked.of("arbitration.mandatory") if one.fact.value is False]
    exclusive = [one for one in asked.of("venue.exclusive") if one.fact.value is True]
    held = [*refused, *exclusive]
    return _as_answer(held[0], False, confidence=LESS_SURE) if held else None


def _liability_cap(asked: _Asked, _question: Question) -> Answer | None:
    """{amount, currency, fees_months, greater_of}, or "none stated" where liability is excluded without a cap."""
    caps = asked.of("liability_cap.cap")
    if caps:
        scope = min({one.fact.scope for one in caps}, key=_width)
        best = [one for one in caps if one.fact.scope == scope]
        made = [(one, _cap(one.fact.value)) for one in best]
        whole = [(one, value) for one, value in made if value is not None]
        if not whole:
            return None
        if len({_key(value) for _one, value in whole}) > 1:
            return _as_answer(whole[0][0], None, is_conflict=True)
        return _as_answer(whole[0][0], whole[0][1])
    if any("liability_cap" in (typed.type for typed in one.types) for one in asked.findings()):
        return None  # there is one, in words that are not read
    excluded = [*asked.of("liability_exclusion.all_damages"), *asked.of("liability_exclusion.heads")]
    return _as_answer(excluded[0], "none stated", confidence=LESS_SURE) if excluded else None


def _cap(value: Value) -> Value:
    if not isinstance(value, dict) or not isinstance(value.get("terms"), list):
        return None
    answer: dict[str, Value] = {}
    for term in value["terms"] if isinstance(value["terms"], list) else ():
        if not isinstance(term, dict):
            return None
        if "amount" in term:
            answer["amount"], answer["currency"] = term["amount"], term.get("currency")
        elif isinstance(term.get("months"), int):
            answer["fees_months"] = term["months"]
        elif term.get("fees"):
            answer["fees"] = term["fees"]
    if value.get("combine") not in ("single", "greater", "lesser", "if_no_fees"):
        return None
    answer["greater_of"] = value["combine"] == "greater"
    if value["combine"] in ("lesser", "if_no_fees"):
        answer["combine"] = value["combine"]
    return answer


def _training(asked: _Asked, _question: Question) -> Answer | None:
    """Whether what users put in or get out trains models: never from "may improve our services"."""
    uses, defaults = asked.of("ai_training.uses"), asked.of("ai_training.default")
    plans = {one.fact.scope.plan or one.fact.scope.audience for one in uses}
    said = {one.fact.value for one in uses if isinstance(one.fact.value, bool)}
    if len(said) > 1:
        return _as_answer(uses[0], PLAN, confidence=LESS_SURE) if len(plans) > 1 else None
    for one in defaults:
        if one.fact.value == "on, opt-out" and said != {False}:
            return _as_answer(one, UNLESS)
        if one.fact.value == "off, opt-in" and said != {True}:
            return _as_answer(one, OPT_IN)
    if said == {True}:
        routes = asked.of("ai_training.opt_out_how")
        return _as_answer(uses[0], UNLESS if routes else YES, confidence=LESS_SURE)
    if said == {False}:
        return _as_answer(uses[0], NO) if uses[0].fact.scope == EVERYONE else None
    return None


ENDING = ("until deletion", "while account", "term of the contract")


def _perpetual(asked: _Asked, _question: Question) -> Answer | None:
    """True where the licence is said to be perpetual, false where it is said when it ends."""
    perpetual = asked.of("content_licence.perpetual")
    if perpetual:
        return _main("content_licence.perpetual", perpetual, None)
    ending = [one for one in asked.of("content_licence.duration") if one.fact.value in ENDING]
    return _as_answer(ending[0], False, confidence=LESS_SURE) if ending else None


def _youngest(asked: _Asked, _question: Question) -> Answer | None:
    """The lowest age stated for everyone; one stated for a region is another scope."""
    ages = [
        one
        for one in asked.of("age.minimum")
        if isinstance(one.fact.value, int) and 6 <= one.fact.value <= 25
    ]
    if not ages:
        return None
    scope = min({one.fact.scope for one in ages}, key=_width)
    best = min((one for one in ages if one.fact.scope == scope), key=lambda one: int(str(one.fact.value)))
    others = tuple((one.fact.scope, one.fact.value) for one in ages if one.fact.scope != scope)
    return _as_answer(best, best.fact.value, others=others)


def _children(asked: _Asked, _question: Question) -> Answer | None:
    """{knowingly_collected, below}."""
    said = [one for one in asked.of("children.knowingly") if isinstance(one.fact.value, bool)]
    if not said:
        return None
    value: dict[str, Value] = {"knowingly_collected": said[0].fact.value}
    ages = [one.fact.value for one in asked.of("children.below") if isinstance(one.fact.value, int)]
    if ages:
        value["below"] = min(ages)
    return _as_answer(said[0], value)


def _periods(asked: _Asked, _question: Question) -> Answer | None:
    """[{what, period}, …] in the order of the text, each once."""
    stated = asked.of("retention.periods")
    if not stated:
        return None
    listed: list[Value] = []
    for one in stated:
        what = _what_is_kept(one)
        row: dict[str, Value] = {"what": what, "period": one.fact.value}
        if row not in listed:
            listed.append(row)
    return _as_answer(stated[0], listed, confidence=LESS_SURE)


KEPT = (
    ("cookies", ("cookie",)),
    ("backups", ("backup",)),
    ("log data", ("log ", "logs", "server log")),
    ("job applications", ("applicant", "application", "recruit", "candidate")),
    ("marketing", ("marketing", "newsletter", "prospect")),
    ("payment and tax records", ("invoice", "tax", "accounting", "billing", "payment", "transaction")),
    ("account data after closure", ("delet", "clos", "terminat", "cancel", "deactivat")),
    ("inputs and outputs", ("prompt", "input", "output", "conversation", "chat", "content")),
    ("recordings", ("recording", "voice", "audio")),
    ("support requests", ("support", "inquir", "enquir")),
    ("account data", ("account", "profile")),
)


def _what_is_kept(one: _Stated) -> str:
    said = one.fact.spans[0].of(one.document.reading.text).casefold()
    return next((name for name, words in KEPT if any(word in said for word in words)), "personal data")


def _sale(asked: _Asked, question: Question) -> Answer | None:
    """What the text says of sale and of sharing for advertising, never inferred from cookies; where it denies one and
    describes the other, that is a conflict and is told as what it describes."""
    statements, sharing = asked.of("data_sale.statement"), asked.of("data_sale.cross_context")
    admits = [one for one in (*statements, *sharing) if one.fact.value in ("admits", "may constitute")]
    if admits:
        denied = any(one.fact.value == "denies" for one in statements)
        return _as_answer(admits[0], question.values[1], is_conflict=denied, confidence=LESS_SURE)
    denies = [one for one in statements if one.fact.value == "denies"]
    return _as_answer(denies[0], question.values[0]) if denies else None


ROLES = ("privacy", "dpo", "dsar", "dataprotection", "data-protection", "gdpr", "datenschutz")


def _contact(asked: _Asked, _question: Question) -> Answer | None:
    """The address whose name is of privacy, else the one in the section on contact, else the only one."""
    stated = [one for one in asked.of("privacy_contact.email") if isinstance(one.fact.value, str)]
    if not stated:
        return None
    for role in ROLES:
        named = [one for one in stated if str(one.fact.value).startswith(role)]
        if named:
            return _as_answer(
                named[-1] if len({one.fact.value for one in named}) == 1 else named[0], named[0].fact.value
            )
    if len({one.fact.value for one in stated}) == 1:
        return _as_answer(stated[0], stated[0].fact.value, confidence=LESS_SURE)
    last = stated[-1]
    return _as_answer(last, last.fact.value, confidence=LESS_SURE)


def _entity(asked: _Asked, question: Question) -> Answer | None:
    """The company with which a user contracts, as the terms name it first, else the privacy policy."""
    for document in sorted(asked.documents, key=lambda one: one.kind != "terms"):
        named = entity_of(document.reading)
        if named is not None:
            value = named.name if question.key == "legal_entity" else named.country or None
            span = named.span if question.key == "legal_entity" else named.country_span or named.span
            if value is None:
                continue
            return Answer(
                value,
                document.name,
                _section_at(document.reading, span.start),
                span,
                span.of(document.reading.text),
                confidence=LESS_SURE,
            )
    return None


def _date(asked: _Asked, question: Question) -> Answer | None:
    for document in asked.documents:
        dates = stated_dates(document.reading)
        stated = dates.updated if question.maker == "updated" else dates.effective
        if stated is not None:
            span = Span(stated.start, stated.end)
            return Answer(
                stated.value.isoformat(),
                document.name,
                _section_at(document.reading, span.start),
                span,
                span.of(document.reading.text),
                confidence=SURE,
            )
    return None


MAKERS: Mapping[str, Callable[[_Asked, Question], Answer | None]] = {
    "arbitration": _arbitration,
    "liability_cap": _liability_cap,
    "training": _training,
    "perpetual": _perpetual,
    "youngest": _youngest,
    "children": _children,
    "periods": _periods,
    "sale": _sale,
    "contact": _contact,
    "entity": _entity,
    "entity_country": _entity,
    "updated": _date,
    "effective": _date,
}


def to_row(found: Answer) -> dict[str, Any]:
    """An answer as commands print it: {value, quote, document, section, scope, confidence, …}."""
    scope = {
        name: value
        for name, value in (
            ("audience", found.scope.audience),
            ("region", found.scope.region),
            ("plan", found.scope.plan),
            ("product", found.scope.product),
        )
        if value
    }
    return {
        "value": found.value,
        "quote": found.quote or None,
        "document": found.document or None,
        "section": found.section or None,
        "scope": scope,
        "confidence": round(found.confidence, 2),
        "condition": found.condition or None,
        "conflict": found.is_conflict,
        "others": [{"scope": str(scope), "value": value} for scope, value in found.others],
        "searched": list(found.searched),
    }


def names_of(answers: Iterable[str]) -> list[str]:
    """Titles of some keys."""
    return [questions()[key].title for key in answers]
