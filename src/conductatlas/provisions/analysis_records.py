"""What pages and commands are told of an analysis: plain values, each sentence with what it rests on in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from conductatlas.reading.clauses.fact_rules import attributes
from conductatlas.reading.clauses.taxonomy import taxonomy
from conductatlas.reading.writing.analysis import Analysis, Ground, GroundKind, Sentence
from conductatlas.reading.writing.exposure import meaning
from conductatlas.reading.writing.grounding import Piece, pieces
from conductatlas.reading.writing.sayings import value_in_words
from conductatlas.reading.writing.subject import Subject

LONGEST_QUOTE = 220  # characters of a ground that are shown
MOST_QUOTES = 3  # quotes of a ground that are shown


@dataclass(frozen=True, slots=True)
class GroundRecord:
    """What a sentence rests on. kind: of GroundKind. says: what it is, in words. quotes: the words it goes back to, ()
    where they are not shown or are the whole clause (`is_whole`). link: to an official text of law, else ""."""

    kind: str
    says: str
    quotes: tuple[str, ...] = ()
    is_whole: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class SentenceRecord:
    """A sentence. pieces: the same in stretches, the quoted ones marked, for pages."""

    text: str
    pieces: tuple[Piece, ...]
    grounds: tuple[GroundRecord, ...]
    is_inferred: bool
    is_general: bool


@dataclass(frozen=True, slots=True)
class MadeRecord:
    """What a language model put in other words, by part, and how that was made. model: as the server calls it; prompt,
    writer: versions; cost: None where no price was set; dropped: how many of its sentences were left out, by why."""

    parts: dict[str, tuple[SentenceRecord, ...]]
    model: str
    prompt: int
    writer: int
    at: datetime
    tokens_in: int
    tokens_out: int
    cost: Decimal | None
    currency: str
    dropped: Mapping[str, int]

    @property
    def number(self) -> int:
        """Sentences that were kept."""
        return sum(map(len, self.parts.values()))

    @property
    def left_out(self) -> int:
        """Sentences that were dropped."""
        return sum(self.dropped.values())


@dataclass(frozen=True, slots=True)
class AnalysisRecord:
    """What is said of a finding, by part (PartKey). is_cut: the words of its text are not shown, and what would quote
    them is left out. writer: version of the writer."""

    parts: dict[str, tuple[SentenceRecord, ...]]
    writer: int
    is_cut: bool
    made: MadeRecord | None = None  # beside it, by a language model, where one was asked


def record_of(subject: Subject, analysis: Analysis, is_open: bool) -> AnalysisRecord:
    """An analysis as a record. is_open: the words of the text may be shown; else what would show some is left out."""
    parts: dict[str, tuple[SentenceRecord, ...]] = {}
    for part in analysis.parts:
        sentences = tuple(
            _sentence(sentence, subject, is_open)
            for sentence in part.sentences
            if is_open or not _has_words(sentence)
        )
        if sentences:
            parts[part.key.value] = sentences
    return AnalysisRecord(parts, analysis.version, not is_open)


def as_dict(analysis: AnalysisRecord) -> dict[str, Any]:
    """An analysis as JSON holds it; its keys are told in docs/reference/commands.md."""
    return {
        "writer": analysis.writer,
        "parts": {
            part: [
                {
                    "text": one.text,
                    "inferred": one.is_inferred,
                    "general": one.is_general,
                    "grounds": [
                        {
                            "kind": ground.kind,
                            "says": ground.says,
                            "quotes": list(ground.quotes),
                            "link": ground.link,
                        }
                        for ground in one.grounds
                    ],
                }
                for one in sentences
            ]
            for part, sentences in analysis.parts.items()
        },
    }


def parts_of(subject: Subject, analysis: Analysis) -> dict[str, tuple[SentenceRecord, ...]]:
    """The sentences of an analysis whose text is open, by part."""
    return {
        part.key.value: tuple(_sentence(one, subject, is_open=True) for one in part.sentences)
        for part in analysis.parts
    }


def _has_words(sentence: Sentence) -> bool:
    """Whether a sentence has words of the text: a quote, or a value that is one."""
    if "“" in sentence.text:
        return True
    names = (ground.ref.split(".") for ground in sentence.grounds if ground.kind is GroundKind.FACT)
    return any(
        (one := attributes().get((type_, name))) is None or one.kind == "words" for type_, name in names
    )


def _sentence(sentence: Sentence, subject: Subject, is_open: bool) -> SentenceRecord:
    grounds = (_ground(ground, sentence, subject, is_open) for ground in sentence.grounds)
    return SentenceRecord(
        sentence.text,
        tuple(pieces(sentence, subject)),
        tuple(dict.fromkeys(grounds)),
        sentence.is_inferred,
        sentence.is_general,
    )


def _ground(ground: Ground, sentence: Sentence, subject: Subject, is_open: bool) -> GroundRecord:
    """A ground in words; its quotes without those that the sentence has already."""
    whole = subject.finding.span
    is_whole = ground.spans == (whole,)
    quotes = [_cut(span.of(subject.text)) for span in ground.spans if span != whole] if is_open else []
    short = tuple(dict.fromkeys(quote for quote in quotes if quote not in sentence.text))[:MOST_QUOTES]
    match ground.kind:
        case GroundKind.FACT:
            return GroundRecord("fact", _fact_says(ground, subject, is_whole), short, is_whole)
        case GroundKind.LAW:
            return _law(ground, subject, short)
        case GroundKind.RUBRIC:
            said = ground.ref if ground.ref.startswith("score") else f"{ground.ref}: {meaning(ground.ref)}"
            return GroundRecord("rubric", said, short, is_whole)
        case GroundKind.TYPE:
            return GroundRecord("type", taxonomy()[ground.ref].title)
        case GroundKind.COUNT:
            return GroundRecord("count", ground.ref)
        case _:
            return GroundRecord("span", "", short, is_whole)


def _fact_says(ground: Ground, subject: Subject, is_whole: bool) -> str:
    """What a fact is called, with its value where it is stated."""
    type_, _, name = ground.ref.partition(".")
    known = attributes().get((type_, name))
    title = known.title if known else ground.ref
    for fact in subject.facts():
        if (fact.type, fact.name) == (type_, name) and set(fact.spans) <= set(ground.spans) and not is_whole:
            return (
                title if isinstance(fact.value, bool) and fact.value else f"{title}: {value_in_words(fact)}"
            )
    return title


def _law(ground: Ground, subject: Subject, quotes: tuple[str, ...]) -> GroundRecord:
    for mapping in subject.mappings:
        if ground.ref in (mapping.article.id, mapping.instrument.id):
            instrument = mapping.instrument
            number = f", {mapping.article.number}" if ground.ref == mapping.article.id else ""
            return GroundRecord(
                "law", f"{instrument.name}, {instrument.citation}{number}", quotes, link=instrument.link
            )
    return GroundRecord("law", ground.ref, quotes)


def _cut(words: str) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= LONGEST_QUOTE else plain[: plain.rfind(" ", 0, LONGEST_QUOTE)] + " …"
