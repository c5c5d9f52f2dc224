"""Grounding refuses each kind of fault: an invented quote, figure, law or ground, and words that are not used."""

from __future__ import annotations

import pytest
from tests.reading.writing.subjects import ARBITRATION, MONITORING, REGISTER, garden_mapping, subject_of

from conductatlas.reading.clauses.finding import Span
from conductatlas.reading.writing.analysis import Analysis, Ground, GroundKind, Part, PartKey, Sentence
from conductatlas.reading.writing.grounding import FaultKind, banned, check

SUBJECT = subject_of(ARBITRATION)
WHOLE = Ground(GroundKind.SPAN, spans=(Span(0, len(ARBITRATION)),))
FIRST = Ground(GroundKind.SPAN, spans=(Span(0, 40),))
DAYS = Ground(GroundKind.FACT, "arbitration.opt_out_days", SUBJECT.finding.facts[0].spans)
ON_LAW = Ground(GroundKind.LAW, "garden/7")
TYPE = Ground(GroundKind.TYPE, "arbitration")


def faults(said: str, *grounds: Ground, part: PartKey = PartKey.WHAT) -> list[FaultKind]:
    analysis = Analysis((Part(part, (Sentence(said, grounds),)),), 1)
    return [fault.kind for fault in check(analysis, SUBJECT, REGISTER)]


@pytest.mark.parametrize(
    ("said", "grounds", "kinds"),
    [
        ("It states: “final and binding arbitration”.", (WHOLE,), []),
        ("It states: “final and friendly arbitration”.", (WHOLE,), [FaultKind.QUOTE]),
        ("It states: “within 30 days of first accepting”.", (FIRST,), [FaultKind.QUOTE]),
        ("It states “You” and “nothing”.", (WHOLE,), [FaultKind.QUOTE]),
        ("There are 30 days to say no.", (DAYS,), []),
        ("There are 30 days to say no.", (FIRST,), [FaultKind.NUMBER]),
        ("There are 31 days to say no.", (DAYS,), [FaultKind.NUMBER]),
        ("It costs $1,000 at most.", (WHOLE,), [FaultKind.NUMBER]),
        ("Garden Act art. 7 may govern it.", (ON_LAW,), []),
        (
            "Garden Act art. 7 may govern it.",
            (WHOLE,),
            [FaultKind.CITATION, FaultKind.CITATION, FaultKind.NUMBER],
        ),
        ("Garden Act art. 9 may govern it.", (ON_LAW,), [FaultKind.CITATION, FaultKind.NUMBER]),
        ("It may be governed.", (Ground(GroundKind.LAW, "garden/9"),), [FaultKind.CITATION]),
        ("It may be governed.", (Ground(GroundKind.LAW, "meadow/1"),), [FaultKind.CITATION]),
        ("Section 12 of it says so.", (TYPE,), [FaultKind.CITATION, FaultKind.NUMBER]),
        ("This clause is unlawful.", (WHOLE,), [FaultKind.WORD]),
        ("Compliance teams should act.", (WHOLE,), [FaultKind.WORD]),
        ("The law applies.", (WHOLE,), [FaultKind.WORD]),
        ("It is read.", (), [FaultKind.GROUND]),
        ("It is read.", (Ground(GroundKind.SPAN, spans=(Span(5, 99999),)),), [FaultKind.GROUND]),
        ("It is read.", (Ground(GroundKind.SPAN),), [FaultKind.GROUND]),
        ("It is read.", (Ground(GroundKind.FACT),), [FaultKind.GROUND]),
    ],
)
def test_each_kind_of_fault_is_found(said: str, grounds: tuple[Ground, ...], kinds: list[FaultKind]) -> None:
    found = faults(said, *grounds)
    assert set(found) == set(kinds)


def test_the_note_may_stand_without_a_ground_but_not_with_any_word() -> None:
    assert faults("It is read with care.", part=PartKey.NOTE) == []
    assert faults("It is not compliant.", part=PartKey.NOTE) == [FaultKind.WORD]


def test_words_in_quotes_and_entries_are_free() -> None:
    text = "You must not violate the law. " + MONITORING
    subject = subject_of(text, garden_mapping(text, "monitor"))
    ground = Ground(GroundKind.SPAN, spans=(Span(0, len(text)),))
    said = "It states: “You must not violate the law”."
    analysis = Analysis((Part(PartKey.WHAT, (Sentence(said, (ground,)),)),), 1)
    assert check(analysis, subject, REGISTER) == []


def test_quotation_marks_inside_a_quote_are_the_texts_own() -> None:
    text = "Larkspur (“we”) and you (“you”) agree to binding arbitration of any dispute."
    subject = subject_of(text)
    ground = Ground(GroundKind.SPAN, spans=(Span(0, len(text)),))
    said = f"It states: “{text}”"
    analysis = Analysis((Part(PartKey.WHAT, (Sentence(said, (ground,)),)),), 1)
    assert check(analysis, subject, REGISTER) == []


BANNED = [
    "should",
    "illegal",
    "unlawful",
    "unenforceable",
    "void",
    "invalid",
    "violates",
    "non-compliant",
    "compliant",
    "safe",
    "silently",
    "secret",
    "quietly",
    "backdated",
    "hidden",
    "engages",
    "applies",
    "worse",
    "admissible",
    "court-ready",
    "certified",
    "qualified",
    "you can sue",
    "important to read",
]


@pytest.mark.parametrize("word", BANNED)
def test_the_words_are_not_used(word: str) -> None:
    assert banned().search(f"this is {word} here")


def test_words_are_matched_whole() -> None:
    assert banned().search("avoidance of issues unverified and shoulder") is None
