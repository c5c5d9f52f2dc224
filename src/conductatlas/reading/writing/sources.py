"""What a language model is given to write from: numbered sources, each with the grounds that it brings along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conductatlas.reading.writing.analysis import Analysis, Ground, GroundKind, PartKey
from conductatlas.reading.writing.subject import Subject
from conductatlas.reading.writing.wording import Mode, wordings

MOST = 70  # sources of one finding
LONGEST = 16_000  # characters of all of them together
WORDS = "words"


@dataclass(frozen=True, slots=True)
class Source:
    """Something a sentence may rest on. number: from 1. kind: `words`, a sentence of the clause, exact; else the part
    of the composed analysis (PartKey) that `text` is a sentence of. grounds: what the sentence rests on then."""

    number: int
    kind: str
    text: str
    grounds: tuple[Ground, ...]


def sources(subject: Subject, analysis: Analysis) -> tuple[Source, ...]:
    """The sentences of the clause, then those of its composed analysis: its facts, rows of the rubric and entries of
    the register in words. At most MOST and LONGEST; the same for the same subject and version of the writer."""
    found: list[Source] = []
    length = 0
    for kind, text, grounds in (*_clause(subject), *_composed(analysis)):
        length += len(text)
        if len(found) == MOST or length > LONGEST:
            break
        found.append(Source(len(found) + 1, kind, text, grounds))
    return tuple(found)


def stands_alone(subject: Subject) -> bool:
    """Whether a clause says by itself what it states, in a language that the rules are written for. An item does not:
    the words ahead of it may turn it round ("You may not: keep data for longer than …"), and a sentence in other words
    would lose them."""
    found = wordings(subject.text, subject.finding.span, subject.platform, subject.language)
    is_cut = subject.words.lstrip()[:1].islower()
    return subject.is_searched and not is_cut and any(one.mode is not Mode.NAMES for one in found)


def _clause(subject: Subject) -> Iterator[tuple[str, str, tuple[Ground, ...]]]:
    whole = subject.finding.span
    spans = [one.span for one in wordings(subject.text, whole, subject.platform, subject.language)] or [whole]
    for span in spans:
        yield WORDS, span.of(subject.text), (Ground(GroundKind.SPAN, spans=(span,)),)


def _composed(analysis: Analysis) -> Iterator[tuple[str, str, tuple[Ground, ...]]]:
    for part in analysis.parts:
        for sentence in part.sentences:
            if sentence.grounds and part.key is not PartKey.NOTE:
                yield part.key.value, sentence.text, sentence.grounds
