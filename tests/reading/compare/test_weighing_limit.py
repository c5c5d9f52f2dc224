"""Differences without end are compared and told, and not weighed."""

from __future__ import annotations

from conductatlas.reading.compare import weighing
from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.text.marks import Reading


def test_more_differences_than_any_real_page_has_are_not_weighed(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    old = Reading("You may end this agreement at any time.\nThese are the terms of Heron.", (), "", "en")
    new = Reading(old.text + "".join(f"\nYou must pay the fee number {n}." for n in range(12)), (), "", "en")
    known = compare(old, new)
    assert None not in {hunk.severity for hunk in known.hunks}
    monkeypatch.setattr(weighing, "MOST_WEIGHED", 11)
    found = compare(old, new)
    assert (found.severity, found.direction, {hunk.rank for hunk in found.hunks}) == (None, None, {None})
    assert [(hunk.kind, hunk.rules) for hunk in found.hunks] == [(h.kind, h.rules) for h in known.hunks]
    assert found.summary is not None
