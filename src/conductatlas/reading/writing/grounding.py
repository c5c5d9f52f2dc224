"""Grounding: that every quote, number, citation and word of an analysis rests on what its sentence names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from conductatlas.reading.clauses.finding import Span, Value
from conductatlas.reading.law.entry import Instrument
from conductatlas.reading.writing.analysis import Analysis, Ground, GroundKind, PartKey, Sentence
from conductatlas.reading.writing.exposure import meaning
from conductatlas.reading.writing.subject import Subject

_OPEN, _CLOSE = "“", "”"
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")
_CITATION = re.compile(
    r"\b(?:art(?:icle)?s?\.?|recitals?|sections?|§§?|title|regulation \((?:eu|ec|uk)\)|directive)\s*\d[\w./-]*|"
    r"\b\d+ (?:u\.s\.c\.|usc|c\.f\.r\.|cfr)\b|§+ ?\d[\w./-]*",
    re.IGNORECASE,
)


class FaultKind(StrEnum):
    """What a sentence lacks or has too much of."""

    QUOTE = "quote"  # words in quotation marks that are not those of the text at its grounds
    NUMBER = "number"  # a figure that is in none of its grounds
    CITATION = "citation"  # a law that is not in the register, or that it does not rest on
    WORD = "word"  # one of the words that are not used
    GROUND = "ground"  # nothing that it rests on, or a ground that does not exist


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one sentence. words: those that are wrong."""

    kind: FaultKind
    part: PartKey
    sentence: str
    words: str


def check(analysis: Analysis, subject: Subject, register: Mapping[str, Instrument]) -> list[Fault]:
    """All faults of an analysis, in the order of its sentences; [] of one that may be published. register: by id."""
    return [
        fault
        for part in analysis.parts
        for sentence in part.sentences
        for fault in _faults(sentence, part.key, subject, register)
    ]


def _faults(
    sentence: Sentence, part: PartKey, subject: Subject, register: Mapping[str, Instrument]
) -> Iterator[Fault]:
    if not sentence.grounds and part is not PartKey.NOTE:
        yield Fault(FaultKind.GROUND, part, sentence.text, "")
    for ground in sentence.grounds:
        if words := _unknown(ground, subject, register):
            kind = FaultKind.CITATION if ground.kind is GroundKind.LAW else FaultKind.GROUND
            yield Fault(kind, part, sentence.text, words)
    parted = pieces(sentence, subject)
    for piece in parted:
        if piece.is_quote and not piece.is_true:
            yield Fault(FaultKind.QUOTE, part, sentence.text, piece.words)
    known = entries(sentence, subject, register)
    ours = " ".join(piece.words for piece in parted if not piece.is_quote)
    ours = without(without(ours, known), subject.names())
    for words in _cited(ours, register):
        yield Fault(FaultKind.CITATION, part, sentence.text, words)
    for words in _unfounded(ours, sentence, subject, known):
        yield Fault(FaultKind.NUMBER, part, sentence.text, words)
    if match := banned().search(ours.lower()):
        yield Fault(FaultKind.WORD, part, sentence.text, match[0])


def _unknown(ground: Ground, subject: Subject, register: Mapping[str, Instrument]) -> str:
    """What a ground names that is not there; "" if all is."""
    end = len(subject.text)
    for span in ground.spans:
        if not 0 <= span.start < span.end <= end:
            return f"{span.start}-{span.end}"
    if ground.kind is GroundKind.SPAN and not ground.spans:
        return "no words"
    if ground.kind is GroundKind.LAW:
        instrument = register.get(ground.ref.split("/")[0])
        known = instrument is not None and (
            "/" not in ground.ref or any(article.id == ground.ref for article in instrument.articles)
        )
        return "" if known else ground.ref
    if ground.kind is not GroundKind.SPAN and not ground.ref:
        return str(ground.kind)
    return ""


class Piece(NamedTuple):
    """A stretch of a sentence. is_quote: it stood in quotation marks, which are left out. is_true: if it is a quote, it
    is words of the text at one of the grounds, or a name."""

    words: str
    is_quote: bool
    is_true: bool = True


def pieces(sentence: Sentence, subject: Subject) -> list[Piece]:
    """A sentence in stretches of our words and of quoted ones, in order."""
    spans = [span for ground in sentence.grounds for span in ground.spans]
    names = set(subject.names())
    rest, found = sentence.text, []
    while _OPEN in rest:
        before, _, rest = rest.partition(_OPEN)
        quote = _longest(rest, spans, subject.text, names)
        words = rest.partition(_CLOSE)[0] if quote is None else quote
        found += [Piece(before, is_quote=False), Piece(words, is_quote=True, is_true=quote is not None)]
        rest = rest[len(words) + 1 :]
    return [piece for piece in (*found, Piece(rest, is_quote=False)) if piece.words or piece.is_quote]


def without(said: str, names: Iterable[str]) -> str:
    """A sentence without some names and entries, the longest first."""
    for name in sorted({name.rstrip(".") for name in names if len(name) > 1}, key=len, reverse=True):
        if name in said:
            said = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", said)
    return said


def _longest(rest: str, spans: Iterable[Span], text: str, names: Container[str]) -> str | None:
    """The longest beginning of `rest`, up to a closing mark, that is a quote of the text or a name; texts have such
    marks of their own."""
    at = rest.rfind(_CLOSE)
    while at > 0:
        words = rest[:at]
        if words in names or any(text.find(words, span.start, span.end) >= 0 for span in spans):
            return words
        at = rest.rfind(_CLOSE, 0, at)
    return None


def entries(sentence: Sentence, subject: Subject, register: Mapping[str, Instrument]) -> list[str]:
    """All that the register and the mapping say of the law that a sentence rests on."""
    return [*_entries(sentence, register), *_conditions(sentence, subject)]


def _entries(sentence: Sentence, register: Mapping[str, Instrument]) -> Iterator[str]:
    """All that the register and the mapping say of the law that a sentence rests on."""
    for ground in sentence.grounds:
        if ground.kind is GroundKind.LAW and (instrument := register.get(ground.ref.split("/")[0])):
            yield from (
                instrument.short,
                instrument.name,
                instrument.citation,
                instrument.note,
                *instrument.authorities,
            )
            for day in (instrument.since, instrument.until, instrument.checked_on):
                if day is not None:
                    yield f"{day.day} {day:%B} {day.year}"
            for article in instrument.articles:
                if article.id == ground.ref:
                    yield from (f"{instrument.short} {article.number}", article.number, article.about)
                    for day in (article.since, article.until):
                        if day is not None:
                            yield f"{day.day} {day:%B} {day.year}"


def _conditions(sentence: Sentence, subject: Subject) -> Iterator[str]:
    """The conditions of the mappings that a sentence rests on, in the words of their rules."""
    refs = {ground.ref for ground in sentence.grounds if ground.kind is GroundKind.LAW}
    for mapping in subject.mappings:
        if mapping.article.id in refs:
            yield from (condition.says for condition in mapping.conditions)


def _cited(ours: str, register: Mapping[str, Instrument]) -> Iterator[str]:
    """Laws that are named although the sentence does not rest on them."""
    known = _named(frozenset(one.short for one in register.values() if len(one.short) > 2))
    yield from (match[0] for match in known.finditer(ours))
    yield from (match[0] for match in _CITATION.finditer(ours))


@lru_cache(8)
def _named(shorts: frozenset[str]) -> re.Pattern[str]:
    """One of some names of law, as a whole word; nothing of none."""
    words = "|".join(re.escape(short) for short in sorted(shorts, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)" if words else r"(?!)")


def _unfounded(ours: str, sentence: Sentence, subject: Subject, told: list[str]) -> Iterator[str]:
    """Figures that are in none of the grounds."""
    found = [match[0] for match in _NUMBER.finditer(ours)]
    if found:
        known = set(_numbers(sentence, subject)) | {
            _plain(n) for entry in told for n in _NUMBER.findall(entry)
        }
        yield from (number for number in found if _plain(number) not in known)


def _numbers(sentence: Sentence, subject: Subject) -> Iterator[str]:
    """The figures of all grounds."""
    for ground in sentence.grounds:
        for span in ground.spans:
            yield from map(_plain, _NUMBER.findall(span.of(subject.text)))
        match ground.kind:
            case GroundKind.FACT:
                for fact in subject.facts():
                    if f"{fact.type}.{fact.name}" == ground.ref:
                        yield from _figures(fact.value)
            case GroundKind.RUBRIC:
                yield from map(_plain, _NUMBER.findall(f"{ground.ref} {meaning(ground.ref)}"))
            case GroundKind.COUNT:
                yield from map(_plain, _NUMBER.findall(ground.ref))
            case _:
                pass


def _figures(value: Value) -> Iterator[str]:
    match value:
        case dict():
            for one in value.values():
                yield from _figures(one)
        case list():
            for one in value:
                yield from _figures(one)
        case None | bool():
            return
        case _:
            yield from map(_plain, _NUMBER.findall(str(value)))


def _plain(number: str) -> str:
    """A figure without separators and zeros that say nothing: "1,000" and "1000", "05" and "5" are one."""
    bare = number.replace(",", "")
    if bare.count(".") == 1:
        bare = bare.rstrip("0").rstrip(".")
    return bare.lstrip("0") or "0"


@cache
def banned() -> re.Pattern[str]:
    """The words that are not used (words.toml), in small letters."""
    table = tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
    words = "|".join(word for entry in table["banned"] for word in entry["words"])
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])")
