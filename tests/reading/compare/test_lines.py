"""Lines that were broken elsewhere are the same words (N1); a line that took another word in is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conductatlas.reading.compare.comparison import compare
from conductatlas.reading.text.marks import Reading

Make = Callable[..., Reading]

HEAD = ("# Agreement", "The parties to this agreement are named below, with who speaks for each of them.")
TAIL = "Activities that concern the birds: the performance of the services that the agreement describes."


def test_a_clause_that_took_in_the_lines_before_it(make: Make) -> None:
    old = make(*HEAD, "* Head of Nests", "* birds@pelican.example", TAIL)
    new = make(*HEAD, f"Head of Nestsbirds@pelican.example{TAIL}")
    for one, other in ((old, new), (new, old)):
        comparison = compare(one, other)
        assert comparison.kind == "editorial", comparison.hunks
        assert {hunk.rules for hunk in comparison.hunks} == {("N1",)}


def test_a_clause_that_took_in_the_lines_behind_it(make: Make) -> None:
    old, new = make(*HEAD, TAIL, "* Songs", "# Fees"), make(*HEAD, f"{TAIL} Songs", "# Fees")
    assert compare(old, new).kind == "editorial"


@pytest.mark.parametrize("word", ["Head of Shells", "Tail of Nests", "Head of no Nests"])
def test_another_word_counts(make: Make, word: str) -> None:
    old = make(*HEAD, "* Head of Nests", "* birds@pelican.example", TAIL)
    assert compare(old, make(*HEAD, f"{word}birds@pelican.example{TAIL}")).kind == "substantive"
