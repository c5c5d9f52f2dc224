"""What is seen of a passage: each kind of signal by its name, and only so much of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conductatlas.reading.clauses.passage import Passage
from conductatlas.reading.clauses.rules import Hit
from conductatlas.reading.clauses.signals import LEAD_WORDS, MOST_WORDS, signals


def test_each_kind_has_its_name() -> None:
    passage = Passage("Keep 30 days.", ("Larkspur Terms", "Data", "How long"), "We keep logs:", "privacy")
    hit = Hit("retention", "retention.period", 0.9, False)
    assert signals(passage, (hit,), ("data_use",)) == [
        *("w:keep", "w:0", "w:days", "s:keep", "s:0", "s:days"),
        *("h0:how", "h0:long", "h1:data", "l:we", "l:keep", "l:logs"),
        *("k:privacy", "r:retention", "r0:retention", "r0+:retention", "c:data_use"),
    ]


def test_a_rule_that_is_not_sure_says_so() -> None:
    found = signals(Passage("x"), (Hit("fees", "fees.a", 0.7, True), Hit("taxes", "taxes.a", 0.9, False)), ())
    assert found == ["w:x", "s:x", "k:", "r:fees", "r:taxes", "r0:fees"]


def test_what_is_far_from_the_beginning_is_not_seen() -> None:
    found = signals(Passage("so " * MOST_WORDS + "late", lead="far " + "near " * LEAD_WORDS), (), ())
    assert "w:late" not in found
    assert found.count("w:so") == MOST_WORDS
    assert "l:far" not in found


@given(st.text(max_size=500), st.lists(st.text(max_size=50), max_size=4), st.text(max_size=100))
def test_any_text_has_signals(text: str, path: list[str], lead: str) -> None:
    found = signals(Passage(text, tuple(path), lead), (), ())
    assert found.count("k:") == 1
    assert all(":" in signal for signal in found)
