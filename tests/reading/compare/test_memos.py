"""Changes that experts found worth a memo: each comes out as it should, and a hunk holds what the memo means."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.bench.memos import FIRST, Found, Label, Marked, found, labels, outcome, ranked

from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.text.marks import Reading

ONE = Label("one", "substantive", "", (Marked("new", 20, 24, ""),))
LABELS = labels()


def reading(text: str, language: str = "en") -> Reading:
    return Reading(text, (), "", language)


def test_a_pair_is_substantive_editorial_or_equal() -> None:
    old = reading("You pay within 30 days.")
    assert outcome(compare(old, reading("You pay within 60 days.")), ONE) == "substantive"
    assert outcome(compare(old, reading("You pay within 30  days.")), ONE) == "editorial"
    assert outcome(compare(old, old), ONE) == "equal"


def test_only_a_date_that_goes_back_alone_is_a_mismatch() -> None:
    old, back = (
        reading(f"Terms\nLast updated: {day}\nYou pay.") for day in ("4 January 2022", "20 December 2020")
    )
    assert outcome(compare(old, back), ONE) == "date_mismatch"
    assert outcome(compare(back, old), ONE) == "editorial"
    assert outcome(compare(old, reading(back.text + "\nWe may sell data.")), ONE) == "substantive"


def test_a_side_in_another_language_than_declared_is_a_lost_one() -> None:
    french = Label("two", "S15", "", ONE.spans, declared="fr")
    english, own = reading("You pay within 30 days."), reading("Vous payez sous 30 jours.", "fr-FR")
    assert outcome(compare(own, english), french) == "S15"
    assert outcome(compare(own, reading("Vous payez sous 60 jours.", "fr")), french) == "substantive"


def test_the_marked_words_decide_which_hunk_is_meant() -> None:
    comparison = compare(reading("One fee.\nTwo.\nNo more."), reading("One fee more.\nTwo.\nNo less."))
    hits = [hunk for hunk in ranked(comparison) if ONE.spans[0].touches(hunk)]
    assert len(comparison.hunks) == 2
    assert hits == [comparison.hunks[1]]


def test_a_hunk_behind_the_first_three_is_late() -> None:
    assert Found(ONE, "substantive", FIRST, 9, ()).is_early
    assert not Found(ONE, "substantive", FIRST + 1, 9, ()).is_early
    assert not Found(ONE, "substantive", None, 9, ()).is_early


@pytest.mark.corpus
@pytest.mark.parametrize("label", LABELS, ids=lambda label: label.id[:40])
def test_the_pair_comes_out_as_expected(label: Label, shared: Path) -> None:
    pair = found(shared / "memos", label)
    assert pair.outcome == label.expected
    assert pair.place is not None, "no hunk holds what the memo means"
