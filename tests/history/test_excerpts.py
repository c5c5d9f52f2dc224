"""Excerpts: exact, short, cut between words, and the number first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductatlas.history.excerpts import LONGEST, Piece, excerpt
from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.compare.redline import Op
from conductatlas.reading.text.marks import Reading


def shown(old: str, new: str) -> str:
    """The excerpt of the one hunk between two clauses, as [-went-]{+came+}."""
    hunk = compare(reading(old), reading(new)).hunks[0]
    pieces = excerpt(hunk.ops, old, new, 0, 0)
    return "".join({"same": "%s", "removed": "[-%s-]", "added": "{+%s+}"}[p.role] % p.words for p in pieces)


def reading(text: str) -> Reading:
    return Reading(text=text, marks=(), title="", language="en")


def test_a_number_reads_with_what_it_counts() -> None:
    assert shown("You may return it within 30 days.", "You may return it within 10 days.") == (
        "You may return it within [-30-]{+10+} days."
    )


def test_an_edit_of_a_number_comes_before_earlier_edits() -> None:
    old = "Riders may cancel a trip in the application. The fee for a late cancellation is 5 pounds in all cities."
    new = "Drivers may cancel a trip in the application. The fee for a late cancellation is 9 pounds in all cities."
    assert "[-5-]{+9+} pounds" in shown(old, new)


def test_what_is_left_out_is_marked_and_words_stay_whole() -> None:
    before = (
        "In the early morning the heron stands in the shallow water and does not move at all for hours. " * 2
    )
    after = " and then it flies to the other bank of the river where the reeds are high and nobody comes by."
    said = shown(f"{before}It waits 30 minutes{after}", f"{before}It waits 45 minutes{after}")
    assert "It waits [-30-]{+45+} minutes and" in said
    assert said.startswith("…") and said.endswith("…")
    words = set((before + after).split())
    assert set(said.strip("…").partition("It waits")[0].split()) <= words


def test_a_long_rewriting_shows_the_beginning_of_both_sides() -> None:
    old = "Pigeons are kept free of charge for as long as there is room in the loft and the keeper agrees."
    new = "Keeping costs four pounds each week; whoever does not pay collects the bird before the month is over."
    went, came = excerpt((Op("replace", 0, len(old), 0, len(new)),), old, new, 0, 0)
    assert went.words.startswith("Pigeons are kept free of charge") and went.words.endswith("…")
    assert came.words.startswith("Keeping costs four pounds") and came.words.endswith("…")
    assert len(went.words) + len(came.words) <= LONGEST


def test_cells_of_a_row_stay_apart() -> None:
    assert shown("seen_by\tvisits\t13 months", "seen_by\tvisits\t24 months") == (
        "seen_by\u2003visits\u2003[-13-]{+24+} months"
    )


@pytest.mark.parametrize("ops", [(), (Op("equal", 0, 4, 0, 4),)])
def test_without_an_edit_there_is_nothing_to_show(ops: tuple[Op, ...]) -> None:
    assert excerpt(ops, "same", "same", 0, 0) == ()


def test_an_edit_that_was_not_loaded_is_not_shown() -> None:
    ops = (Op("equal", 0, 9000, 0, 9000), Op("replace", 9000, 9002, 9000, 9002))
    assert excerpt(ops, "x" * 8000, "x" * 8000, 0, 0) == ()


clause = st.lists(
    st.sampled_from(["the", "heron", "30", "days", "may", "pigeon", "keeps", "漢字", "لا", "14.5"])
).map(" ".join)


@given(clause, clause, st.integers(0, 50))
def test_every_piece_is_a_run_of_one_of_the_texts(old: str, new: str, further: int) -> None:
    for hunk in compare(reading(old), reading(new)).hunks:
        moved = tuple(
            Op(op.op, *(place + further for place in (op.old_start, op.old_end, op.new_start, op.new_end)))
            for op in hunk.ops
        )
        pieces = excerpt(moved, old, new, further, further)
        assert sum(len(piece.words) for piece in pieces) <= LONGEST
        assert pieces
        for role, words in pieces:
            source = old if role == "removed" else new
            assert words.strip("…") in source, Piece(role, words)
