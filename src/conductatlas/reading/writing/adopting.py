"""Which sentences of a language model are taken in: those that hold all that composed ones hold, and more.

A model is fed words of others, and may do what they say instead of what it was asked. So nothing is taken on trust:
each sentence has to name its sources, to say no more than they do and in their words, and to tell it as what the clause
states. What fails is left out, and counted by why.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from conductatlas.reading.law.entry import Answer, Instrument, Relation
from conductatlas.reading.writing.analysis import Analysis, Ground, GroundKind, Part, PartKey, Sentence
from conductatlas.reading.writing.grounding import FaultKind, Piece, check, entries, pieces, without
from conductatlas.reading.writing.sources import Source
from conductatlas.reading.writing.subject import Subject
from conductatlas.reading.writing.vocabulary import stems, vocabulary

PARTS = (PartKey.WHAT, PartKey.WHY, PartKey.YOU, PartKey.CONTRACT, PartKey.QUESTIONS)
"""The parts that a model may add to. Law, exposure, authorities and what the text offers stay as they are composed."""
LONGEST = 500  # characters of a sentence
FEWEST = 3  # words of a quote that is no name

_MARKS = re.compile(r"[<>\[\]{}|\\`*#_~^=@\"„«»]|://|www\.|\w\.(?:com|org|net|io|example)\b", re.IGNORECASE)
_NEXT = re.compile(r"(?:[!?;:]|(?<!\bart)(?<!\barts)(?<!\bsec)(?<!\bno)\.)\s+\S", re.IGNORECASE)


class Refusal(StrEnum):
    """Why a sentence is left out. The first five are the faults of composed sentences, too."""

    QUOTE = "quote"
    NUMBER = "number"
    CITATION = "citation"
    WORD = "word"
    GROUND = "ground"
    FORM = "form"  # no one plain sentence: too long, several, with an address, markup or other signs
    VOICE = "voice"  # it does not tell what the clause states, permits, reserves, requires, excludes, …
    STRAY = "stray"  # it has a word that none of its sources has
    TURNED = "turned"  # it denies what its sources do not, or does not deny what they do
    LAW = "law"  # it tells of a law without its conditions
    REPEATED = "repeated"  # it is there already


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence as a model gave it. part: of PartKey; numbers: of its sources."""

    part: str
    text: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A sentence that was taken in, and what it is in an analysis."""

    said: Said
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was taken in, in the order of the model's answer, and how many were left out, by why."""

    kept: tuple[Kept, ...]
    dropped: Mapping[Refusal, int]

    def analysis(self, version: int) -> Analysis:
        """The sentences that were taken in, by part. version: of the writer of what they were made from."""
        parts = [
            Part(key, tuple(one.sentence for one in self.kept if one.said.part == key.value)) for key in PARTS
        ]
        return Analysis(tuple(part for part in parts if part.sentences), version)


def adopt(
    said: Sequence[Said], given: Sequence[Source], subject: Subject, register: Mapping[str, Instrument]
) -> Adopted:
    """What may be published of a model's sentences. given: the sources that it was given; register: by id.

    The same arguments give the same answer: what is stored can be checked again."""
    told = {_plain(source.text) for source in given}
    kept: list[Kept] = []
    dropped: Counter[Refusal] = Counter()
    for one in said:
        found = _judged(one, given, subject, register)
        if isinstance(found, Sentence) and _plain(one.text) in told:
            found = Refusal.REPEATED
        if isinstance(found, Refusal):
            dropped[found] += 1
        else:
            told.add(_plain(one.text))
            kept.append(Kept(one, found))
    return Adopted(tuple(kept), dict(sorted(dropped.items())))


def _judged(
    said: Said, given: Sequence[Source], subject: Subject, register: Mapping[str, Instrument]
) -> Sentence | Refusal:
    known = {source.number: source for source in given}
    if (
        said.part not in [key.value for key in PARTS]
        or not said.numbers
        or not set(said.numbers) <= known.keys()
    ):
        return Refusal.GROUND
    cited = [known[number] for number in dict.fromkeys(said.numbers)]
    grounds = tuple(dict.fromkeys(ground for source in cited for ground in source.grounds))
    kinds = {ground.kind for ground in grounds}
    parted = pieces(Sentence(said.text, grounds), subject)
    sentence = Sentence(
        said.text,
        grounds,
        is_inferred=kinds != {GroundKind.TYPE} and not any(piece.is_quote for piece in parted),
        is_general=kinds == {GroundKind.TYPE},
    )
    ours = " ".join(piece.words for piece in parted if not piece.is_quote)
    plain = without(without(ours, entries(sentence, subject, register)), subject.names())
    if _is_no_sentence(said, ours, plain):
        return Refusal.FORM
    analysis = Analysis((Part(PartKey(said.part), (sentence,)),), 0)
    for fault in check(analysis, subject, register):
        return Refusal(fault.kind.value)
    if any(_is_torn(piece, subject) for piece in parted):
        return Refusal.QUOTE
    return next(_refusals(said, cited, grounds, plain, parted, subject), sentence)


def _refusals(
    said: Said,
    cited: Sequence[Source],
    grounds: Sequence[Ground],
    plain: str,
    parted: Sequence[Piece],
    subject: Subject,
) -> Iterator[Refusal]:
    """What a sentence without a fault of grounding still lacks."""
    theirs = [stems(source.text) for source in cited]
    telling = [words for words, source in zip(theirs, cited, strict=True) if source.kind != PartKey.LAW.value]
    every = set().union(*theirs)
    turns = vocabulary().turns
    own = stems(plain)
    laws = {ground.ref for ground in grounds if ground.kind is GroundKind.LAW}
    if laws and not _is_conditional(said.text, laws, subject):
        yield Refusal.LAW
    is_question = said.part == PartKey.QUESTIONS.value
    verb = _verb(said.text, subject)
    on = vocabulary().verbs.get(verb, frozenset())
    if said.text.endswith("?") is not is_question:
        yield Refusal.VOICE
    if not (is_question or laws or all(ground.kind is GroundKind.TYPE for ground in grounds)) and (
        not verb or (on and not on & every)
    ):
        yield Refusal.VOICE
    if own - every - vocabulary().common - turns:
        yield Refusal.STRAY
    quoted = set().union(*(stems(piece.words) for piece in parted if piece.is_quote), set())
    is_turned = bool(own & turns)
    if (is_turned and not every & turns) or (
        not is_turned and not quoted & turns and telling and all(words & turns for words in telling)
    ):
        yield Refusal.TURNED


def _is_no_sentence(said: Said, ours: str, plain: str) -> bool:
    """Whether a text is anything else than one plain sentence. Quotes have what they have, but for controls."""
    text = said.text
    return (
        not 0 < len(text) <= LONGEST
        or text != text.strip()
        or not unicodedata.is_normalized("NFC", text)
        or any(unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"} for sign in text)
        or _MARKS.search(ours) is not None
        or _NEXT.search(plain.rstrip()) is not None
        or text.rstrip("”")[-1:] not in {".", "?"}
    )


def _is_torn(piece: Piece, subject: Subject) -> bool:
    """Whether a quote is so short that it could mean anything."""
    return piece.is_quote and len(piece.words.split()) < FEWEST and piece.words not in set(subject.names())


def _is_conditional(text: str, laws: set[str], subject: Subject) -> bool:
    """Whether a sentence on law says that it may govern, and all conditions that nobody here knows; or that the text
    cites it. One on the instrument alone says nothing of the clause."""
    for mapping in subject.mappings:
        if mapping.article.id in laws:
            if mapping.relation is Relation.CITES:
                if "cites" not in text:
                    return False
            elif "may govern" not in text or any(
                one.says not in text for one in mapping.conditions if one.answer is Answer.UNKNOWN
            ):
                return False
    return True


def _verb(text: str, subject: Subject) -> str:
    """What a sentence says that the clause does, "" if it does not begin so."""
    match = _opening(subject.platform.lower()).match(text.lower())
    return match["verb"] if match else ""


@lru_cache(64)
def _opening(platform: str) -> re.Pattern[str]:
    verbs = "|".join(sorted(vocabulary().verbs, key=len, reverse=True))
    nouns = "clause|text|document|provision|section|wording|sentence"
    return re.compile(rf"(?:(?:the|this) (?:{nouns})|{re.escape(platform)}) (?:also )?(?P<verb>{verbs})\b")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


assert {kind.value for kind in FaultKind} <= {refusal.value for refusal in Refusal}
