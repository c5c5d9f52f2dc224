"""A link that leads elsewhere, as it is kept with a change."""

from __future__ import annotations

from conductatlas.history.change_queries import _as_hunk
from conductatlas.history.services import draft_hunks
from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.text.marks import Mark, MarkKind, Reading

LISTED = "Our sub-processors are listed here."


def test_both_targets_are_kept_and_read_back() -> None:
    old, new = (
        Reading(LISTED, (Mark(30, 34, MarkKind.LINK, value=f"https://pelican.example/{n}"),), "", "en")
        for n in (1, 2)
    )
    comparison = compare(old, new)
    (row,) = draft_hunks(comparison)
    assert (row.kind, row.old_target, row.new_target) == (
        "relinked",
        "https://pelican.example/1",
        "https://pelican.example/2",
    )
    kept = _as_hunk(row)
    (hunk,) = comparison.hunks
    assert (kept.kind, kept.old_target, kept.new_target) == (hunk.kind, hunk.old_target, hunk.new_target)
    assert kept.rules == ("S13",)


def test_a_hunk_of_words_has_no_targets() -> None:
    (row,) = draft_hunks(compare(Reading("You may go.", (), "", "en"), Reading("You must go.", (), "", "en")))
    assert (row.old_target, row.new_target) == (None, None)
