"""An analysis: sentences about a finding, each with the ground it stands on. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from conductatlas.reading.clauses.finding import Span


class PartKey(StrEnum):
    """The parts of an analysis, in the order they are read. The five of the institutional one come after the three
    voices; NOTE says what is inferred or uncertain and is the only part whose sentences may stand without a ground."""

    WHAT = "what"  # what it is
    WHY = "why"  # why it matters
    YOU = "you"  # what it means for a person
    LAW = "law"  # (1) regulatory landscape
    EXPOSURE = "exposure"  # (2) governance exposure
    JURISDICTION = "jurisdiction"  # (3) jurisdiction flags
    CONTRACT = "contract"  # (4) contract and vendor implications
    QUESTIONS = "questions"  # (5) compliance considerations: questions to the vendor, records to check
    AUTHORITIES = "authorities"
    ACTIONS = "actions"  # what the text offers
    NOTE = "note"  # interpretive note


class GroundKind(StrEnum):
    SPAN = "span"  # words of the reading
    FACT = "fact"  # an attribute that the clause states, does not state, or states twice
    LAW = "law"  # an entry of the register, through a mapping rule
    RUBRIC = "rubric"  # a row of the severity rubric
    TYPE = "type"  # what the taxonomy says of the type: true of every clause of it
    COUNT = "count"  # a figure of counts.py


@dataclass(frozen=True, slots=True)
class Ground:
    """What a sentence rests on. ref: of a fact "retention.period", of law "gdpr/13", of the rubric "R3.class", of a
    type its name, of a count what was counted; "" of a span. spans: the words of the reading it goes back to, exact."""

    kind: GroundKind
    ref: str = ""
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence. grounds: never empty but in the note. is_inferred: it follows from the words, and is not said by
    them. is_general: it explains a type or an article, and may stand in many analyses alike."""

    text: str
    grounds: tuple[Ground, ...]
    is_inferred: bool = False
    is_general: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    key: PartKey
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that is said about one finding. version: of the writer; it counts up when the same finding may read
    otherwise."""

    parts: tuple[Part, ...]
    version: int

    def part(self, key: PartKey) -> tuple[Sentence, ...]:
        """The sentences of a part, () if it has nothing to say."""
        return next((part.sentences for part in self.parts if part.key is key), ())
